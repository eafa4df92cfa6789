import ArgumentParser
import Foundation
import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import Vocabulary

/// `guildhall bench replay ../data/olist`
struct ReplayBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replays a folder of Olist's orders and compares each seller's ledger.",
        discussion: """
            The folder holds order_items.csv.gz (or .csv) as Olist publishes it. Its sellers and \
            things are made anew, its orders go through checkout and payment, and in the end each \
            seller's balance must equal, to the cent, what the file adds up to less the \
            market's commission, which is reckoned here from its rate and the file alone.
            """)

    @OptionGroup var options: BenchOutput
    @Argument(help: "The folder.")
    var folder: String
    @Option(help: "Orders at the same time.")
    var clients = 8

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let data = try await OlistData.read(folder)
        report.note(
            "\(data.orders.count) orders, \(data.things.count) things, "
                + "\(data.sellers.count) sellers.")
        let (figure, faults) = try await BenchMarket.with { market in
            try await measure(data, market, report)
        }
        try report.print([figure])
        try report.conclude(
            faults, otherwise: "Every seller's ledger equals the file, to the cent.")
    }

    private func measure(
        _ data: OlistData, _ market: BenchMarket, _ report: BenchReport
    ) async throws -> (BenchFigure, [String]) {
        try await data.load(into: market.database)
        let instance = try await BenchProviders.install(in: market.database)
        try await market.database.execute(
            """
            update provider_instance set settings = '{"perGram": "true"}' where kind = 'shipping'
            """)
        try await market.settle()
        let buyer = BenchBuyer(
            marketplace: market.marketplace, instance: instance,
            buyer: Buyer(guestToken: "everybody who ever bought at Olist"))
        let began = ContinuousClock.now
        let latencies = try await replay(data, buyer, report)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let figure = BenchFigure(
            name: "replay", value: Double(data.orders.count) / seconds, ceiling: nil,
            unit: "purchases/s", p50Ms: latencies.percentile(0.5),
            p99Ms: latencies.percentile(0.99), clients: clients, seconds: seconds,
            dataset: "\(data.orders.count) orders of \(data.sellers.count) sellers")
        return (figure, try await compare(data, market))
    }

    private func replay(
        _ data: OlistData, _ buyer: BenchBuyer, _ report: BenchReport
    ) async throws -> Latencies {
        let next = Counter()
        let step = max(1, data.orders.count / 10)
        return try await withThrowingTaskGroup(of: Latencies.self) { group in
            for _ in 0..<clients {
                group.addTask {
                    var own = Latencies()
                    while let index = next.take(below: data.orders.count) {
                        let start = ContinuousClock.now
                        try await buyer.buy(data.orders[index])
                        own.add(ContinuousClock.now - start)
                        if index % step == 0 { report.note("  order \(index) …") }
                    }
                    return own
                }
            }
            return try await group.reduce(into: Latencies()) { $0.add($1) }
        }
    }

    /// Each seller whose books are not what the file says: what is owed to the seller is the
    /// file's sum less the commission. The sums of the books' own orders are asked for nothing.
    private func compare(_ data: OlistData, _ market: BenchMarket) async throws -> [String] {
        let balances = try await market.database.query(
            """
            select w.seller_id::text, sum(b.balance)::bigint
            from ledger_balance b join ledger_account a on a.id = b.account_id
            join wallet w on w.id = a.wallet_id
            where a.kind = 'seller_pending'
            group by w.seller_id
            """
        ).decode { c in (try c.next(String.self), try c.next(Int64.self)) }
        let found = Dictionary(uniqueKeysWithValues: balances)
        let commission = data.commission(ofMillion: try await rate(market))
        var faults: [String] = []
        for (seller, brought) in data.expected.sorted(by: { $0.key < $1.key }) {
            let owed = brought - (commission[seller] ?? 0)
            if found[seller] ?? 0 != owed {
                faults.append(
                    "seller \(seller): the ledger owes \(found[seller] ?? 0), the file \(owed)")
            }
        }
        let kept = try await market.database.query(
            """
            select coalesce(sum(e.amount), 0)::bigint from ledger_entry e
            join ledger_account a on a.id = e.account_id where a.kind = 'commission'
            """
        ).decode { try $0.next(Int64.self) }.first
        let all = commission.values.reduce(0, +)
        if kept != all { faults.append("commission: the ledger has \(kept ?? 0), not \(all)") }
        let report = try await market.marketplace.verifyLedger()
        if !report.isClean { faults.append("the books do not balance") }
        return faults
    }

    /// The market's terms, as they stand when it was just made: one rate of all goods.
    /// - Returns: parts per million.
    /// - Throws: ``OperatorProblem`` when there are others, by which this cannot reckon.
    private func rate(_ market: BenchMarket) async throws -> Int64 {
        let rules = try await market.database.query(
            """
            select rate_ppm, seller_id is null and category_id is null and listing_id is null
                and band_currency is null and base = 'gross' and not on_shipping
                and amounts = '[]'
            from commission_rule where state = 'published'
            """
        ).decode { c in (rate: try c.next(Int64.self), isOfAllGoods: try c.next(Bool.self)) }
        guard let rule = rules.first, rules.count == 1, rule.isOfAllGoods else {
            throw OperatorProblem("A new market sells by other terms than one rate of all goods.")
        }
        return rule.rate
    }
}
