import ArgumentParser
import Foundation
import Glibc
import Kernel
import Logging
import ProviderHost
import ProviderKit
import Vocabulary

/// `guildhall bench provider`
struct ProviderBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider",
        abstract: "What the module layer and the provider host add to a provider's own answer.",
        discussion: """
            The same questions go to a module's object directly, through the gateway in this \
            process, and through the gateway to a provider host that was started as a process of \
            its own. `added` is the 99th percentile of the last less the median of the first; its \
            ceiling is one millisecond.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "Tasks that ask at once.")
    var clients = 2

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let figures = try await BenchMarket.with { market in
            let host = try await BenchHost(market)
            do {
                let figures = try await measure(host, report)
                await host.close()
                return figures
            } catch {
                await host.close()
                throw error
            }
        }
        try report.print(figures)
    }

    private func measure(_ host: BenchHost, _ report: BenchReport) async throws -> [BenchFigure] {
        var figures: [BenchFigure] = []
        for question in BenchQuestion.allCases {
            report.note("\(question.rawValue) …")
            let direct = try await time(host.direct, question)
            let here = try await time(host.here, question)
            let far = try await time(host.far, question)
            let own = direct.latencies.percentile(0.5) ?? 0
            func figure(_ name: String, _ run: (latencies: Latencies, seconds: Double))
                -> BenchFigure
            {
                BenchFigure(
                    name: "provider.\(question.rawValue).\(name)",
                    value: Double(run.latencies.count) / run.seconds, unit: "calls/s",
                    p50Ms: run.latencies.percentile(0.5), p99Ms: run.latencies.percentile(0.99),
                    clients: clients, seconds: run.seconds, dataset: question.dataset)
            }
            func added(_ name: String, _ run: (latencies: Latencies, seconds: Double))
                -> BenchFigure
            {
                BenchFigure(
                    name: "provider.\(question.rawValue).\(name)",
                    value: max(0, (run.latencies.percentile(0.99) ?? 0) - own), ceiling: 1,
                    unit: "ms at p99", clients: clients, seconds: run.seconds,
                    dataset: question.dataset)
            }
            figures += [
                figure("module", direct), figure("gateway", here), figure("host", far),
                added("addedByGateway", here), added("addedByHost", far),
            ]
        }
        return figures
    }

    private func time(
        _ ask: @escaping @Sendable (BenchQuestion) async throws -> Void,
        _ question: BenchQuestion
    ) async throws -> (latencies: Latencies, seconds: Double) {
        // What is first is slower: connections, caches.
        for _ in 0..<50 { try await ask(question) }
        return try await Load.run(clients: clients, seconds: options.seconds) { _ in
            try await ask(question)
        }
    }
}

/// What is asked: nothing that a provider's network would be part of.
enum BenchQuestion: String, CaseIterable, Sendable {
    case quotes, taxes

    var dataset: String {
        switch self {
        case .quotes: "one parcel from Berlin to Paris by table-rate-shipping"
        case .taxes: "twenty lines to Berlin by rate-table-tax"
        }
    }

    static let parcel = ShippingRequest(
        sellerID: "01890000-0000-7000-8000-000000000001", origin: address("DE", "Berlin"),
        destination: address("FR", "Paris"),
        parcel: Parcel(weightGrams: 1200, value: Money(4250, .eur), itemCount: 3),
        currency: .eur)

    static let basket = TaxRequest(
        destination: address("DE", "Berlin"), suppliedAt: .systemNow,
        lines: (1...20).map {
            TaxableLine(
                id: "line-\($0)", kind: .goods, sellerID: "01890000-0000-7000-8000-000000000001",
                originCountry: "DE", amount: Money(Int64($0) * 1000, .eur), includesTax: true)
        })

    private static func address(_ country: String, _ city: String) -> Address {
        Address(
            name: "Ada Lovelace", lines: ["Gasse 1"], city: city, postalCode: "10115",
            country: country)
    }
}

/// Two providers without a network, and a provider host in a process of its own.
private struct BenchHost: Sendable {
    private let shipping: any ShippingProvider
    private let taxes: any TaxProvider
    private let local: Marketplace
    private let remote: Marketplace
    private let ids: [BenchQuestion: ID<ProviderInstance>]
    private let connection: HostConnection
    private let client: HostClient
    private let child: ChildProcess
    private let folder: String
    private let hearing: Task<Void, Never>

    init(_ market: BenchMarket) async throws {
        let logger = Logger(label: "bench")
        let catalog = ModuleCatalog(folder: market.settings.folders.modules)
        client = HostClient(privateHosts: [])
        let gateway = ProviderGateway(
            database: market.database, catalog: catalog, client: client,
            key: try ProviderKey([UInt8](repeating: 7, count: 32)), logger: logger)
        local = Marketplace(
            database: market.database, providers: gateway, settings: market.settings.kernel,
            logger: logger)
        let services = ProviderServices(
            http: client.transport(
                for: ModuleDescriptor(kind: .tax, key: "none", name: "None", version: "1"),
                InstanceSettings(instanceID: "bench")))
        func own(_ key: String) throws -> any Provider {
            guard let module = catalog.module(key) else {
                throw OperatorProblem("There is no module \(key) in GUILDHALL_MODULES.")
            }
            return try module.make(InstanceSettings(instanceID: "bench"), services)
        }
        guard let shipping = try own("table-rate-shipping").asShipping,
            let taxes = try own("rate-table-tax").asTax
        else { throw OperatorProblem("The modules are not what their keys say.") }
        self.shipping = shipping
        self.taxes = taxes
        let ship = try await local.createProviderInstance(
            module: "table-rate-shipping", name: "Parcels", settings: [:], as: nil)
        let tax = try await local.createProviderInstance(
            module: "rate-table-tax", name: "Taxes", settings: [:], as: nil)
        ids = [.quotes: ship.id, .taxes: tax.id]

        folder = FileManager.default.temporaryDirectory.path + "/gh-bench-\(getpid())"
        let socket = folder + "/provider.sock"
        var environment = ProcessInfo.processInfo.environment
        environment["DATABASE_URL"] = market.url
        environment["GUILDHALL_HOME"] = folder
        environment["GUILDHALL_MODULES"] = market.settings.folders.modules
        environment["GUILDHALL_SECRET_KEY"] = String(repeating: "07", count: 32)
        environment["GUILDHALL_PROVIDER_SOCKET"] = socket
        environment["GUILDHALL_LOG_LEVEL"] = "warning"
        environment[Lifeline.variable] = "5"
        let relay = try LogRelay(folder: folder + "/logs", console: .important)
        child = try ChildProcess.start(
            ChildSpec(name: "provider-host", arguments: ["provide"], environment: environment))
        relay.follow(child.output, as: "provider-host")
        connection = HostConnection(path: socket, name: "bench", logger: logger)
        remote = Marketplace(
            database: market.database,
            providers: ProviderGateway(
                database: market.database, host: connection, logger: logger),
            settings: market.settings.kernel, logger: logger)
        hearing = Task { [local, remote] in
            await withDiscardingTaskGroup { group in
                group.addTask { await local.providers.run() }
                group.addTask { await remote.providers.run() }
            }
        }
        _ = try await connection.status(within: .seconds(20))
    }

    @Sendable func direct(_ question: BenchQuestion) async throws {
        switch question {
        case .quotes: _ = try await shipping.quotes(for: BenchQuestion.parcel, context())
        case .taxes: _ = try await taxes.calculate(BenchQuestion.basket, context())
        }
    }

    @Sendable func here(_ question: BenchQuestion) async throws { try await ask(local, question) }

    @Sendable func far(_ question: BenchQuestion) async throws { try await ask(remote, question) }

    private func ask(_ market: Marketplace, _ question: BenchQuestion) async throws {
        guard let id = ids[question] else { throw OperatorProblem("There is no such provider.") }
        switch question {
        case .quotes:
            _ = try await market.providers.shipping(id)
                .quotes(for: BenchQuestion.parcel, context())
        case .taxes:
            _ = try await market.providers.tax(id).calculate(BenchQuestion.basket, context())
        }
    }

    private func context() -> OperationContext {
        OperationContext(key: "bench", within: .seconds(10))
    }

    func close() async {
        hearing.cancel()
        connection.close()
        child.send(SIGTERM)
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [child] in
                _ = child.wait()
                continuation.resume()
            }
        }
        _ = try? await client.shutDown()
        _ = try? FileManager.default.removeItem(atPath: folder)
    }
}
