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

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let figures = try await BenchMarket.with(transactions: 8) { market in
            report.note("Loading \(listings) things …")
            let catalogue = BenchCatalogue(listings: listings, sellers: 300)
            try await catalogue.load(into: market.database)
            let instance = try await BenchProviders.install(in: market.database)
            let (account, token) = try await customer(market)
            let buyer = BenchBuyer(
                marketplace: market.marketplace, instance: instance,
                buyer: Buyer(account: account))
            let ceiling = try await CheckoutCeiling.prepare(market, catalogue, buyer)
            try await market.settle()
            let port = try BenchServer.freePort()
            return try await BenchServer.run(market, port: port) {
                let client = HTTPClient(eventLoopGroupProvider: .singleton)
                let customer = BenchCustomer(
                    server: "http://127.0.0.1:\(port)", token: token, instance: instance,
                    client: client)
                let figures = try await measure(
                    market, catalogue, buyer, customer, ceiling, report)
                try await client.shutdown()
                return figures
            }
        }
        try report.print(figures)
    }

    private func measure(
        _ market: BenchMarket, _ catalogue: BenchCatalogue, _ buyer: BenchBuyer,
        _ customer: BenchCustomer, _ ceiling: CheckoutCeiling, _ report: BenchReport
    ) async throws -> [BenchFigure] {
        var rates: [Double] = []
        var kernel: [(latencies: Latencies, seconds: Double)] = []
        var http: [(latencies: Latencies, seconds: Double)] = []
        for round in 1...Self.rounds {
            report.note("round \(round) of \(Self.rounds): pgbench, kernel, HTTP …")
            rates.append(try await ceiling.rate(market, clients: 8, seconds: options.seconds))
            kernel.append(
                try await Load.run(clients: clients, seconds: options.seconds) { _ in
                    try await buyer.buy(
                        catalogue.variants().map { CheckoutItem(variant: $0, quantity: 1) })
                })
            http.append(
                try await Load.run(clients: connections, seconds: options.seconds) { _ in
                    try await customer.buy(catalogue.variants())
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

    /// Somebody with a token. The password is never used, so it is not hashed.
    private func customer(_ market: BenchMarket) async throws -> (ID<Account>, String) {
        let account = ID<Account>()
        try await market.database.execute(
            """
            insert into account (id, email, name, password_hash)
            values (\(account), 'grace@example.test', 'Grace Customer', 'none')
            """)
        let made = try await market.marketplace.createAccessToken(
            named: "bench", for: .customer, of: account)
        return (account, made.secret)
    }
}

extension BenchCatalogue {
    /// The variants of a random basket.
    func variants() -> [ID<Variant>] { basket().compactMap(Self.variant) }
}
