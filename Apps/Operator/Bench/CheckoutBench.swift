import ArgumentParser
import AsyncHTTPClient
import Foundation
import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import Vocabulary

/// `guildhall bench checkout`
struct CheckoutBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkout",
        abstract: "Complete purchases from three makers, beside the same rows by pgbench.")

    @OptionGroup var options: BenchOptions
    @Option(help: "How many things the market holds.")
    var listings = 9_999
    @Option(
        help: "Tasks that buy at once through the kernel; pgbench has 8, at which it is fastest.")
    var clients = 16
    @Option(help: "Connections that buy at once over HTTP.")
    var connections = 16

    /// More of them wait for each other more than they write.
    private static let ceilingClients = 8
    /// Measured in turns, because the machine's speed drifts.
    private static let rounds = 3
    private static let purchasesBefore = 200
    private static let purchasesBeforeByHTTP = 100

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let figures = try await BenchMarket.with { market in
            report.note("Loading \(listings) things …")
            let catalogue = BenchCatalogue(listings: listings, sellers: 300)
            try await catalogue.load(into: market.database)
            let instance = try await BenchProviders.install(in: market.database)
            let buyers = try await BenchBuyer.make(clients, in: market, at: instance)
            let ceiling = try await CheckoutCeiling.prepare(market, catalogue, buyers[0])
            // A market that was just opened: its tables are not empty, and its plans are made.
            for _ in 0..<Self.purchasesBefore {
                try await buyers[0].buy(catalogue.items())
            }
            let port = try BenchServer.freePort()
            return try await BenchServer.run(market, port: port) {
                let client = HTTPClient(eventLoopGroupProvider: .singleton)
                var customers: [BenchCustomer] = []
                for _ in 0..<connections {
                    customers.append(
                        try await .make(at: "http://127.0.0.1:\(port)", paying: instance, client))
                }
                for _ in 0..<Self.purchasesBeforeByHTTP {
                    try await customers[0].buy(catalogue.variants())
                }
                try await client.shutdown()
                try await market.settle()
                let script = PurchaseScript(customers, of: catalogue)
                return try await measure(
                    market, catalogue, buyers, script, ceiling, report)
            }
        }
        try report.print(figures)
    }

    private func measure(
        _ market: BenchMarket, _ catalogue: BenchCatalogue, _ buyers: [BenchBuyer],
        _ script: PurchaseScript, _ ceiling: CheckoutCeiling, _ report: BenchReport
    ) async throws -> [BenchFigure] {
        var rates: [Double] = []
        var kernel: [Round] = []
        var http: [Round] = []
        for round in 1...Self.rounds {
            report.note("round \(round) of \(Self.rounds): pgbench, kernel, HTTP …")
            rates.append(
                try await ceiling.rate(
                    market, clients: Self.ceilingClients, seconds: options.seconds))
            let (latencies, seconds) = try await Load.run(
                clients: clients, seconds: options.seconds
            ) { client in try await buyers[client].buy(catalogue.items()) }
            kernel.append(
                Round(
                    rate: Double(latencies.count) / seconds, p50Ms: latencies.percentile(0.5),
                    p99Ms: latencies.percentile(0.99)))
            let bought = try await script.run(seconds: options.seconds)
            http.append(
                Round(
                    rate: Double(bought.count) / Double(options.seconds), p50Ms: bought.p50Ms,
                    p99Ms: bought.p99Ms))
        }
        let report = try await market.marketplace.verifyLedger()
        guard report.isClean else { throw OperatorProblem("The books do not balance after this.") }
        let top = rates.sorted()[rates.count / 2]
        return [
            figure("checkout.kernel", kernel, top, clients),
            figure("checkout.http", http, top, connections),
        ]
    }

    /// What one turn of a load came to.
    private struct Round {
        let rate: Double
        let p50Ms: Double?
        let p99Ms: Double?
    }

    private func figure(
        _ name: String, _ rounds: [Round], _ ceiling: Double, _ clients: Int
    ) -> BenchFigure {
        let median = rounds.sorted { $0.rate < $1.rate }[rounds.count / 2]
        return BenchFigure(
            name: name, value: median.rate, ceiling: ceiling, unit: "purchases/s",
            p50Ms: median.p50Ms, p99Ms: median.p99Ms, clients: clients,
            seconds: Double(options.seconds), dataset: "\(listings) things")
    }
}

extension BenchCatalogue {
    /// The variants of a random basket.
    func variants() -> [ID<Variant>] { basket().compactMap(Self.variant) }

    func items() -> [CheckoutItem] {
        variants().map { CheckoutItem(variant: $0, quantity: 1) }
    }
}
