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
    @Option(help: "Tasks that buy at once through the kernel.")
    var clients = 8
    @Option(help: "Connections that buy at once over HTTP.")
    var connections = 16

    /// Measured in turns, because the machine's speed drifts.
    private static let rounds = 3
    private static let purchasesBefore = 300

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
            try await market.settle()
            let port = try BenchServer.freePort()
            return try await BenchServer.run(market, port: port) {
                let client = HTTPClient(eventLoopGroupProvider: .singleton)
                var customers: [BenchCustomer] = []
                for _ in 0..<connections {
                    customers.append(
                        try await .make(at: "http://127.0.0.1:\(port)", paying: instance, client))
                }
                let figures = try await measure(
                    market, catalogue, buyers, customers, ceiling, report)
                try await client.shutdown()
                return figures
            }
        }
        try report.print(figures)
    }

    private func measure(
        _ market: BenchMarket, _ catalogue: BenchCatalogue, _ buyers: [BenchBuyer],
        _ customers: [BenchCustomer], _ ceiling: CheckoutCeiling, _ report: BenchReport
    ) async throws -> [BenchFigure] {
        var rates: [Double] = []
        var kernel: [(latencies: Latencies, seconds: Double)] = []
        var http: [(latencies: Latencies, seconds: Double)] = []
        for round in 1...Self.rounds {
            report.note("round \(round) of \(Self.rounds): pgbench, kernel, HTTP …")
            rates.append(try await ceiling.rate(market, clients: 8, seconds: options.seconds))
            kernel.append(
                try await Load.run(clients: clients, seconds: options.seconds) { client in
                    try await buyers[client].buy(catalogue.items())
                })
            http.append(
                try await Load.run(clients: connections, seconds: options.seconds) { client in
                    try await customers[client].buy(catalogue.variants())
                })
        }
        let report = try await market.marketplace.verifyLedger()
        guard report.isClean else { throw OperatorProblem("The books do not balance after this.") }
        let top = rates.sorted()[rates.count / 2]
        return [
            Self.figure("checkout.kernel", kernel, top, clients, "\(listings) things"),
            Self.figure("checkout.http", http, top, connections, "\(listings) things"),
        ]
    }

    private static func figure(
        _ name: String, _ rounds: [(latencies: Latencies, seconds: Double)], _ ceiling: Double,
        _ clients: Int, _ dataset: String
    ) -> BenchFigure {
        let sorted = rounds.sorted {
            Double($0.latencies.count) / $0.seconds < Double($1.latencies.count) / $1.seconds
        }
        let median = sorted[sorted.count / 2]
        return BenchFigure(
            name: name, value: Double(median.latencies.count) / median.seconds, ceiling: ceiling,
            unit: "purchases/s", p50Ms: median.latencies.percentile(0.5),
            p99Ms: median.latencies.percentile(0.99), clients: clients, seconds: median.seconds,
            dataset: dataset)
    }
}

extension BenchCatalogue {
    /// The variants of a random basket.
    func variants() -> [ID<Variant>] { basket().compactMap(Self.variant) }

    func items() -> [CheckoutItem] {
        variants().map { CheckoutItem(variant: $0, quantity: 1) }
    }
}
