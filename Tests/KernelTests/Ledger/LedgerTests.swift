import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Keeping the books` {
    @Test func `a repeat is a replay, and the same key for something else is an error`()
        async throws
    {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            let order = ID<Order>()
            let sale = try books.sale(1000, order)

            let first = try await market.database.ledger.post([sale])
            let second = try await market.database.ledger.post([sale])

            #expect(first.map(\.isReplay) == [false] && second.map(\.isReplay) == [true])
            #expect(first.first?.transaction == second.first?.transaction)
            #expect(try await books.pending() == 900)
            let other = try books.sale(2000, order)
            let error = await #expect(throws: PostgresError.self) {
                try await market.database.ledger.post([other])
            }
            #expect(error?.constraint == "ledger_transaction_content")
        }
    }

    @Test func `thirty who tell of the same sale at once keep it once`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            let sale = try books.sale(1000, ID())

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await market.database.ledger.post([sale]) }
                }
                try await group.waitForAll()
            }

            #expect(try await books.pending() == 900)
        }
    }

    @Test func `a wallet never has less than nothing`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            try await market.database.ledger.post([try books.sale(1000, ID())])

            let error = await #expect(throws: PostgresError.self) {
                try await market.database.ledger.post([try books.move(901)])
            }

            #expect(error?.constraint == "ledger_balance_floor")
            try await market.database.ledger.post([try books.move(900)])
            #expect(try await books.pending() == 0)
        }
    }

    @Test func `of many who take from one wallet, just enough succeed`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            try await market.database.ledger.post([try books.sale(1000, ID())])

            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await market.database.ledger.post([try books.move(100)])
                            return 1
                        } catch let error as PostgresError
                            where error.constraint == "ledger_balance_floor"
                        {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }

            #expect(taken == 9)
        }
    }

    @Test func `of several postings in one call each is kept once, whatever was there`()
        async throws
    {
        try await TestMarketplace.run { market in
            let (a, b) = (try await Books(market), try await Books(market))
            let (known, new) = (try a.sale(1000, ID()), try b.sale(3000, ID()))
            try await market.database.ledger.post([known])

            let posted = try await market.database.ledger.post([known, new])
            let again = try await market.database.ledger.post([new, known])

            #expect(posted.map(\.isReplay) == [true, false])
            #expect(again.map(\.isReplay) == [true, true])
            #expect(again.map(\.transaction) == posted.reversed().map(\.transaction))
            #expect(try await a.pending() == 900)
            #expect(try await b.pending() == 2700)
            let error = await #expect(throws: PostgresError.self) {
                let order = try #require(new.entries.first?.order)
                try await market.database.ledger.post([known, try b.sale(4000, order)])
            }
            #expect(error?.constraint == "ledger_transaction_content")
        }
    }

    @Test func `a posting and its reversal may come together`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            let move = { (key: String, reverses: String?, amount: Int64) in
                try Posting(
                    key: key, kind: .adjustment, currency: .eur, reverses: reverses,
                    entries: [
                        LedgerEntry(.providerClearing(books.instance), -amount),
                        LedgerEntry(.suspense, amount),
                    ])
            }

            let posted = try await market.database.ledger.post([
                try move("there", nil, 700), try move("back", "there", -700),
            ])
            #expect(posted.map(\.isReplay) == [false, false])

            let error = await #expect(throws: PostgresError.self) {
                try await market.database.ledger.post([
                    try move("other", nil, 700), try move("again", "nothing", -700),
                ])
            }
            #expect(error?.constraint == "ledger_transaction_reverses_fkey")
            #expect(try await books.transactions() == 2)
        }
    }

    @Test func `a posting looks at its own accounts and balances, and at no others`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            let wallets = try await market.database.query(
                """
                insert into wallet (id, seller_id, kind, label)
                select gen_random_uuid(), \(books.seller.id), 'platform_balance', 'Earnings'
                from generate_series(1, 200) returning id
                """
            ).decode { c in try c.next(ID<Wallet>.self) }
            let post = { (tx: any Queryable, key: String, wallets: ArraySlice<ID<Wallet>>) in
                let entries = wallets.map { LedgerEntry(.sellerPending($0), 1) }
                return try await tx.ledger.post([
                    try Posting(
                        key: key, kind: .adjustment, currency: .eur,
                        entries: entries + [LedgerEntry(.suspense, -Int64(entries.count))])
                ])
            }
            _ = try await post(market.database, "all", wallets[...])
            // As the planner sees them in a market that is not new.
            try await market.database.transaction { tx in
                try await tx.run(
                    script: "set local role none; analyze ledger_account, ledger_balance")
            }

            let scans = try await market.database.transaction { tx in
                _ = try await post(tx, "three", wallets.prefix(3))
                return try await tx.query(
                    """
                    select sum(seq_scan)::bigint, sum(idx_scan)::bigint
                    from pg_stat_xact_user_tables
                    where relname in ('ledger_account', 'ledger_balance')
                    """
                ).decode { c in (whole: try c.next(Int.self), byKey: try c.next(Int.self)) }
            }

            #expect(scans.map(\.whole) == [0])
            #expect(scans.allSatisfy { $0.byKey > 0 })
        }
    }

    @Test func `captures of the same sellers in any order never wait for each other in a ring`()
        async throws
    {
        try await TestMarketplace.run { market in
            let (a, b) = (try await Books(market), try await Books(market))
            try await market.database.ledger.post([try a.sale(10, ID()), try b.sale(10, ID())])

            try await withThrowingTaskGroup(of: Void.self) { group in
                for turn in 0..<80 {
                    group.addTask {
                        let sales = [try a.sale(1000, ID()), try b.sale(1000, ID())]
                        try await market.database.ledger.post(
                            turn.isMultiple(of: 2) ? sales : sales.reversed())
                    }
                }
                try await group.waitForAll()
            }

            #expect(try await a.pending() == 72_009)
            #expect(try await b.pending() == 72_009)
        }
    }

    @Test func `the database itself refuses what does not balance`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)

            let error = await #expect(throws: PostgresError.self) {
                try await market.database.execute(
                    """
                    select post_ledger('bad', 'adjustment', 'EUR', null, null,
                        '{suspense,commission}', '{NULL,NULL}', '{10,-9}', '{NULL,NULL}')
                    """)
            }

            #expect(error?.constraint == "ledger_transaction_balanced")
            #expect(try await books.transactions() == 0)
        }
    }

    @Test func `sixteen sellers' sales do not wait for one another`() async throws {
        try await TestMarketplace.run { market in
            let other = try market.storage.connectAgain(transactions: 16)
            var books: [Books] = []
            for _ in 0..<16 { books.append(try await Books(market)) }
            for book in books { try await other.ledger.post([try book.sale(1000, ID())]) }
            let gate = Gate(16)

            // Each keeps its transaction open until all have posted: whoever waited for
            // another's lock would wait for ever.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for book in books {
                    group.addTask {
                        try await other.transaction { tx in
                            try await tx.ledger.post([try book.sale(500, ID())])
                            await gate.arrive()
                        }
                    }
                }
                try await group.waitForAll()
            }

            for book in books { #expect(try await book.pending() == 1350) }
            await other.close()
        }
    }

    @Test func `folding while others post loses nothing`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            let other = try market.storage.connectAgain(transactions: 4)

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<15 {
                            try await other.transaction { tx in
                                try await tx.ledger.post([try books.sale(1000, ID())])
                                try await Task.sleep(for: .milliseconds(Int.random(in: 0...4)))
                            }
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<30 {
                        try await market.marketplace.foldLedger()
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                try await group.waitForAll()
            }
            try await market.marketplace.foldLedger()

            let platform = try await market.marketplace.platformBalances()
            #expect(platform.first { $0.kind == .commission }?.balance == Money(6000, .eur))
            #expect(platform.first { $0.kind == .providerClearing }?.balance.amount == -60_000)
            await other.close()
        }
    }
}

/// One seller's wallet, and postings on it.
struct Books: Sendable {
    let market: TestMarketplace
    let seller: GivenSeller
    let instance: ID<ProviderInstance>

    init(_ market: TestMarketplace) async throws {
        self.market = market
        seller = try await market.given.verifiedSeller()
        instance = try await market.given.instance()
    }

    /// A sale of which the market keeps ten per cent.
    func sale(_ total: Int64, _ order: ID<Order>) throws -> Posting {
        try .sale(
            of: SoldOrder(
                order: order, purchase: ID(), wallet: seller.wallet, total: Money(total, .eur),
                commission: Money(total / 10, .eur), taxByPlatform: .zero(.eur)),
            at: instance)
    }

    /// Moves from pending to available, for no order.
    func move(_ amount: Int64) throws -> Posting {
        try Posting(
            key: "move:\(ID<Order>())", kind: .adjustment, currency: .eur,
            entries: [
                LedgerEntry(.sellerPending(seller.wallet), -amount),
                LedgerEntry(.sellerAvailable(seller.wallet), amount),
            ])
    }

    func pending() async throws -> Int64 {
        try await market.marketplace.balances(of: seller.id).first?.pending.amount ?? 0
    }

    func transactions() async throws -> Int {
        let rows = try await market.database.query("select count(*) from ledger_transaction")
        return try rows.decode { c in try c.next(Int.self) }.first ?? -1
    }
}

/// Opens when so many have arrived.
private actor Gate {
    private let wanted: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ wanted: Int) { self.wanted = wanted }

    func arrive() async {
        if waiting.count + 1 == wanted {
            for waiter in waiting { waiter.resume() }
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
