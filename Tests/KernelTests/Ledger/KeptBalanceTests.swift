@_spi(Statements) import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// What the database keeps beside the entries, so that nobody has to add them all up.
@Suite struct `Balances that are kept` {
    @Test(arguments: [11, 12, 13] as [UInt64])
    func `months end with the sum of their entries, also when one comes after its month was over`(
        seed: UInt64
    ) async throws {
        try await TestMarketplace.run { market in
            var random = Lottery(state: seed)
            let wallets = [try await Books(market), try await Books(market)]
            var orders: [[ID<Order>]] = [[], []]
            for _ in 0..<45 {
                // Back, too: a transaction that began earlier is booked earlier.
                try await market.turnClock(days: Int.random(in: -25...35, using: &random))
                let index = Int.random(in: 0..<2, using: &random)
                let books = wallets[index]
                if Bool.random(using: &random) || orders[index].isEmpty {
                    let order = ID<Order>()
                    try await market.database.ledger.post([
                        try books.sale(Int64.random(in: 1000...5000, using: &random), order)
                    ])
                    orders[index].append(order)
                } else if let order = orders[index].randomElement(using: &random) {
                    try await market.database.ledger.post([
                        try books.release(order, Int64.random(in: 1...20, using: &random))
                    ])
                }
            }

            let report = try await market.marketplace.verifyLedger(of: .books)
            for check in report.checks { #expect(check.culprits.isEmpty, "seed \(seed)") }
            let kept = try await market.openings(using: "ledger_balance_before(account.id, day)")
            let added = try await market.openings(
                using: """
                    (select coalesce(sum(entry.amount), 0)::bigint from ledger_entry entry
                    join ledger_transaction posting on posting.id = entry.transaction_id
                    where entry.account_id = account.id
                        and posting.booked_at < day::timestamp at time zone 'UTC')
                    """)
            #expect(kept == added && Set(kept).count > 5, "seed \(seed)")
        }
    }

    @Test func `one unit more at a month's end is found, with the account and the month`()
        async throws
    {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let books = try await Books(market)
            try await market.database.ledger.post([try books.sale(1000, ID())])
            try await market.turnClock(days: 40)
            try await market.database.ledger.post([try books.sale(1000, ID())])
            #expect(try await market.marketplace.verifyLedger(of: .books).isClean)

            try await market.storage.tamper(["update ledger_closing set balance = balance + 1"])

            let report = try await market.marketplace.verifyLedger(of: .books)
            #expect(report.differences == 1)
            let culprit = try #require(report.checks.flatMap(\.culprits).first)
            #expect(culprit.contains("seller_pending:\(books.seller.wallet):EUR in 20"))
            #expect(culprit.contains("is kept as 901, its entries say 900"))
        }
    }

    @Test(arguments: [
        ("set balance = balance + 1", "has 901 kept, its entries say 900"),
        ("set balance = balance - 1", "has 899 kept, its entries say 900"),
    ])
    func `one unit of what an order has available is found, with the order`(
        change: String, sentence: String
    ) async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let books = try await Books(market)
            let order = ID<Order>()
            try await market.database.ledger.post([
                try books.sale(1000, order), try books.release(order, 900),
            ])

            try await market.storage.tamper([SQL(trusted: "update ledger_order_balance \(change)")])

            let report = try await market.marketplace.verifyLedger(of: .books)
            #expect(report.checks.flatMap(\.culprits) == ["order \(order) \(sentence)"])
        }
    }

    @Test func `an order of which nothing is left leaves no row behind`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            for price in [2000, 3000, 4000] as [Int64] {
                _ = try await earnings.delivered(price: price)
            }
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}
            #expect(try await market.ordersKept() == 3)

            #expect(try await market.marketplace.runPayouts().payouts.first?.items.count == 3)

            #expect(try await market.ordersKept() == 0)
            try await earnings.checkBooks()
        }
    }
}

extension TestMarketplace {
    /// Moves the market's clock, also backwards, which no operation does.
    fileprivate func turnClock(days: Int) async throws {
        try await storage.owner.execute(
            "update market_clock set shift = shift + \(days)::int * interval '1 day'")
    }

    /// What every wallet's account held when each of many months began.
    fileprivate func openings(using sum: SQL) async throws -> [Int64] {
        try await storage.owner.query(
            """
            select \(sum)
            from ledger_account account
            cross join lateral (
                select (date_trunc('month', market_now()) + n * interval '1 month')::date as day
                from generate_series(-40, 40) n
            ) months
            where account.wallet_id is not null order by account.id, day
            """
        ).decode { c in try c.next(Int64.self) }
    }

    fileprivate func ordersKept() async throws -> Int {
        try await database.query("select count(*) from ledger_order_balance")
            .decode { c in try c.next(Int.self) }.first ?? -1
    }
}

extension Books {
    /// Moves from pending to available, for an order.
    fileprivate func release(_ order: ID<Order>, _ amount: Int64) throws -> Posting {
        try Posting(
            key: "move:\(ID<Order>())", kind: .adjustment, currency: .eur,
            entries: [
                LedgerEntry(.sellerPending(seller.wallet), -amount, order: order),
                LedgerEntry(.sellerAvailable(seller.wallet), amount, order: order),
            ])
    }
}
