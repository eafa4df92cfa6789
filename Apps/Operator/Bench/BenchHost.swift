import Foundation
import Glibc
import Kernel
import Logging
import ProviderHost
import ProviderKit
import Synchronization
import Vocabulary

/// Three providers without a network, and a provider host in a process of its own.
final class BenchHost: Sendable {
    private let payments: any PaymentProvider
    private let shipping: any ShippingProvider
    private let taxes: any TaxProvider
    private let local: Marketplace
    private let remote: Marketplace
    private let ids: [BenchQuestion: ID<ProviderInstance>]
    private let connection: HostConnection
    private let client: HostClient
    private let spec: ChildSpec
    private let relay: LogRelay
    private let child: Mutex<ChildProcess>
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
        guard let payments = try own("cash-on-delivery").asPayment,
            let shipping = try own("table-rate-shipping").asShipping,
            let taxes = try own("rate-table-tax").asTax
        else { throw OperatorProblem("The modules are not what their keys say.") }
        self.payments = payments
        self.shipping = shipping
        self.taxes = taxes
        let cash = try await local.createProviderInstance(
            module: "cash-on-delivery", name: "Cash", settings: [:], as: nil)
        let ship = try await local.createProviderInstance(
            module: "table-rate-shipping", name: "Parcels", settings: [:], as: nil)
        let tax = try await local.createProviderInstance(
            module: "rate-table-tax", name: "Taxes", settings: [:], as: nil)
        ids = [.payments: cash.id, .quotes: ship.id, .taxes: tax.id, .manyTaxes: tax.id]

        folder = FileManager.default.temporaryDirectory.path + "/gh-bench-\(getpid())"
        let socket = folder + "/host/socket"
        var environment = ProcessInfo.processInfo.environment
        environment["DATABASE_URL"] = market.url
        environment["GUILDHALL_HOME"] = folder
        environment["GUILDHALL_MODULES"] = market.settings.folders.modules
        environment["GUILDHALL_SECRET_KEY"] = String(repeating: "07", count: 32)
        environment["GUILDHALL_PROVIDER_SOCKET"] = socket
        environment["GUILDHALL_LOG_LEVEL"] = "warning"
        environment[Lifeline.variable] = "5"
        relay = try LogRelay(folder: folder + "/logs", console: .important)
        spec = ChildSpec(name: "provider-host", arguments: ["provide"], environment: environment)
        let first = try ChildProcess.start(spec)
        relay.follow(first.output, as: spec.name)
        child = Mutex(first)
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
        case .checkout: try await Self.checkout(direct)
        case .payments: _ = try await payments.start(BenchQuestion.payment(), context())
        case .quotes: _ = try await shipping.quotes(for: BenchQuestion.parcel, context())
        case .taxes: _ = try await taxes.calculate(BenchQuestion.basket, context())
        case .manyTaxes: _ = try await taxes.calculate(BenchQuestion.fullBasket, context())
        }
    }

    @Sendable func here(_ question: BenchQuestion) async throws { try await ask(local, question) }

    @Sendable func far(_ question: BenchQuestion) async throws { try await ask(remote, question) }

    /// What a checkout of three makers asks, in its order.
    private static func checkout(
        _ ask: @escaping @Sendable (BenchQuestion) async throws -> Void
    ) async throws {
        async let first: Void = ask(.quotes)
        async let second: Void = ask(.quotes)
        async let third: Void = ask(.quotes)
        _ = try await (first, second, third)
        try await ask(.taxes)
        try await ask(.payments)
    }

    private func ask(_ market: Marketplace, _ question: BenchQuestion) async throws {
        if question == .checkout {
            return try await Self.checkout { try await self.ask(market, $0) }
        }
        guard let id = ids[question] else { throw OperatorProblem("There is no such provider.") }
        switch question {
        case .checkout: break
        case .payments:
            _ = try await market.providers.payment(id).start(BenchQuestion.payment(), context())
        case .quotes:
            _ = try await market.providers.shipping(id)
                .quotes(for: BenchQuestion.parcel, context())
        case .taxes:
            _ = try await market.providers.tax(id).calculate(BenchQuestion.basket, context())
        case .manyTaxes:
            _ = try await market.providers.tax(id).calculate(BenchQuestion.fullBasket, context())
        }
    }

    private func context() -> OperationContext {
        OperationContext(key: "bench-\(ID<Payment>())", within: .seconds(10))
    }

    /// Kills the host, starts it again as the supervisor does, and waits for its first quote.
    /// - Returns: how long nobody was served.
    func strike() async throws -> Duration {
        let old = child.withLock { $0 }
        let began = ContinuousClock.now
        old.send(SIGKILL)
        await Self.ended(old)
        var policy = RestartPolicy.provider
        try await Task.sleep(for: policy.delay(afterLiving: RestartPolicy.healthy))
        let next = try ChildProcess.start(spec)
        relay.follow(next.output, as: spec.name)
        child.withLock { $0 = next }
        try await far(.quotes)
        return ContinuousClock.now - began
    }

    private static func ended(_ child: ChildProcess) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = child.wait()
                continuation.resume()
            }
        }
    }

    func close() async {
        hearing.cancel()
        connection.close()
        let last = child.withLock { $0 }
        last.send(SIGTERM)
        await Self.ended(last)
        _ = try? await client.shutDown()
        _ = try? FileManager.default.removeItem(atPath: folder)
    }
}
