import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// What providers say of payouts from sellers' accounts there, whoever brings it and in any order.
@Suite struct `A payout to a seller's bank` {
    private struct Scene {
        let market: TestMarketplace
        let instance: ID<ProviderInstance>
        let seller: GivenSeller

        var kernel: Marketplace { market.marketplace }
        var account: String { "acct_\(seller.id)" }

        init(_ market: TestMarketplace) async throws {
            self.market = market
            instance = try await market.given.instance(ofPayments: "test-accounts")
            seller = try await market.given.verifiedSeller("Clay")
            _ = try await market.marketplace.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
        }

        func snapshot(
            _ status: BankPayoutStatus, version: Int64, _ reference: String = "po_1",
            amount: Int64 = 4250, account: String? = nil, daysAgo: Int = 1
        ) -> BankPayoutSnapshot {
            BankPayoutSnapshot(
                reference: reference, account: account ?? self.account, status: status,
                amount: Money(amount, .eur),
                failureCode: status == .failed ? "account_closed" : nil,
                failure: status == .failed ? "The bank account has been closed." : nil,
                arrivesAt: Instant("2026-11-24T00:00:00Z"),
                madeAt: Instant.systemNow.advanced(days: -daysAgo), version: version)
        }

        @discardableResult
        func hear(_ snapshot: BankPayoutSnapshot) async throws -> Bool {
            try await kernel.applyBankPayout(snapshot, at: instance)
        }

        func listed() async throws -> [BankPayout] {
            try await kernel.bankPayouts(as: seller.member, PageRequest()).items
        }

        func told() async throws -> Int {
            try await market.database.query(
                "select count(*) from outbox_event where topic = 'bank-payout.failed'"
            ).decode { c in try c.next(Int.self) }.first ?? 0
        }
    }

    @Test func `that failed after it was paid stays failed, whatever comes late or twice`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let story: [BankPayoutSnapshot] = [
                scene.snapshot(.pending, version: 1), scene.snapshot(.inTransit, version: 2),
                scene.snapshot(.paid, version: 3), scene.snapshot(.failed, version: 5),
            ]
            for place in [2, 3, 3, 0, 2, 1, 3] { try await scene.hear(story[place]) }

            let payout = try #require(try await scene.listed().first)
            #expect(payout.status == .failed && payout.amount == Money(4250, .eur))
            #expect(payout.why == "The bank account has been closed.")
            #expect(try await scene.listed().count == 1)
            #expect(try await scene.told() == 1)
        }
    }

    @Test func `that several hear of at once is one row, and is told once`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let failed = scene.snapshot(.failed, version: 5)

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await scene.hear(failed) } }
                try await group.waitForAll()
            }

            #expect(try await scene.listed().count == 1)
            #expect(try await scene.told() == 1)
        }
    }

    /// The first time that an account is asked about, years of payouts are heard of at once.
    @Test func `that failed long ago is listed, and nobody is told any more`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)

            try await scene.hear(scene.snapshot(.failed, version: 5, daysAgo: 31))

            #expect(try await scene.listed().map(\.status) == [.failed])
            #expect(try await scene.told() == 0)
        }
    }

    /// Whoever knows a reference of the provider's cannot hang a payout on another shop.
    @Test func `of an account that nobody opened here is nobody's`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)

            let isOurs = try await scene.hear(
                scene.snapshot(.paid, version: 3, account: "acct_stranger"))

            #expect(!isOurs)
            let rows = try await market.database.query("select from bank_payout")
            #expect(rows.isEmpty)
        }
    }

    @Test func `of another amount than before is refused, and the first one stays`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.hear(scene.snapshot(.pending, version: 1))

            await #expect(throws: BankPayoutContradicted.self) {
                try await scene.hear(scene.snapshot(.paid, version: 3, amount: 9999))
            }

            #expect(try await scene.listed().map(\.amount) == [Money(4250, .eur)])
            #expect(try await scene.listed().map(\.status) == [.pending])
        }
    }

    @Test func `that a bank did not take waits for somebody until the bank takes another one`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            func waits() async throws -> Int {
                try await market.marketplace.whatWaits().bankPayoutsFailed
            }
            try await scene.hear(scene.snapshot(.paid, version: 3, "po_0", daysAgo: 9))
            try await scene.hear(scene.snapshot(.failed, version: 5, daysAgo: 5))
            #expect(try await waits() == 1, "what was paid before says nothing")
            try await scene.hear(scene.snapshot(.inTransit, version: 2, "po_2", daysAgo: 1))
            #expect(try await waits() == 1, "nor does what is still under way")

            try await scene.hear(
                BankPayoutSnapshot(
                    reference: "po_3", account: scene.account, status: .paid,
                    amount: Money(4250, .usd), madeAt: .systemNow, version: 3))
            #expect(try await waits() == 1, "nor what another bank took, in its own currency")

            try await scene.hear(scene.snapshot(.paid, version: 3, "po_2", daysAgo: 1))

            #expect(try await waits() == 0)
        }
    }

    @Test func `that a bank did not take waits for nobody after a quarter of a year`() async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)

            try await scene.hear(scene.snapshot(.failed, version: 5, daysAgo: 91))

            #expect(try await market.marketplace.whatWaits().bankPayoutsFailed == 0)
        }
    }

    /// What an account owes, or a payout that was taken back: it is none that the bank took.
    @Test func `that goes the other way is told as what it is, and makes good for no other`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            func waits() async throws -> Int {
                try await market.marketplace.whatWaits().bankPayoutsFailed
            }
            try await scene.hear(scene.snapshot(.failed, version: 5, daysAgo: 5))
            try await scene.hear(
                scene.snapshot(.paid, version: 3, "po_owed", amount: -300, daysAgo: 3))
            #expect(try await waits() == 1)

            try await scene.hear(
                scene.snapshot(.failed, version: 5, "po_owed", amount: -300, daysAgo: 3))

            #expect(try await waits() == 2)
            #expect(try await scene.told() == 1, "the bank had not to take it")
            try await market.tellEverybody()
            let notices = try await market.marketplace.notices(
                of: scene.seller.owner.id, as: .seller, PageRequest()
            ).items
            #expect(notices.map(\.topic).filter { $0.hasPrefix("bank-debit") }.count == 1)
            while try await market.marketplace.writeLetters() {}
            let letters = try await market.marketplace.mails(PageRequest(limit: 100)).items
            #expect(letters.contains { $0.subject == "Your bank did not pay €\u{a0}3.00" })
        }
    }

    @Test func `is listed by the day it was made, page by page, to its own shop only`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            for day in [3, 1, 5, 2, 4] {
                try await scene.hear(
                    scene.snapshot(.paid, version: 3, "po_\(day)", daysAgo: day))
            }
            var seen: [String] = []
            var after: String?
            repeat {
                let page = try await scene.kernel.bankPayouts(
                    as: scene.seller.member, PageRequest(after: after, limit: 2))
                seen += page.items.map(\.reference)
                after = page.next
            } while after != nil

            #expect(seen == ["po_1", "po_2", "po_3", "po_4", "po_5"])
            let other = try await market.given.verifiedSeller("Wood")
            let theirs = try await scene.kernel.bankPayouts(as: other.member, PageRequest())
            #expect(theirs.items.isEmpty)
            let failed = try await scene.kernel.bankPayouts(
                of: scene.seller.id, isFailed: true, PageRequest())
            #expect(failed.items.isEmpty)
        }
    }

    /// The list of a month is read again, and what is under way however old it is.
    @Test func `that is still under way is asked for again, however old it is`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let store = market.database.bankPayouts
            func since() async throws -> Instant? {
                try await market.database.execute(
                    "update payout_account set payouts_due_at = '-infinity'")
                return try await store.claimToAsk(
                    at: scene.instance, againInHours: 20, readAgainDays: 30)?.since
            }
            let now = Instant.systemNow
            let account = try #require(
                try await market.database.payoutAccounts.find(
                    scene.seller.id, at: scene.instance))
            let first = try #require(try await since())
            #expect(first < account.createdAt, "all of it, when nobody has asked yet")
            try await store.noteAsked(account.id, until: now, againInHours: 20)
            let later = try #require(try await since())
            #expect(abs(later.secondsSince1970 - now.advanced(days: -30).secondsSince1970) < 5)
            try await scene.hear(scene.snapshot(.inTransit, version: 2, daysAgo: 100))
            let old = try #require(try await since())
            #expect(abs(old.secondsSince1970 - now.advanced(days: -100).secondsSince1970) < 60)

            try await scene.hear(scene.snapshot(.pending, version: 1, "po_2", daysAgo: 60))
            #expect(try await since() == old, "of several the oldest")
            try await scene.hear(scene.snapshot(.paid, version: 3, daysAgo: 100))
            let pending = try #require(try await since())
            #expect(abs(pending.secondsSince1970 - now.advanced(days: -60).secondsSince1970) < 60)
            try await scene.hear(scene.snapshot(.canceled, version: 4, "po_2", daysAgo: 60))
            #expect(try await since() == later)
            try await store.noteAsked(account.id, until: now.advanced(days: -5), againInHours: 20)
            #expect(try await since() == later, "what is known stays known")
            try await store.noteAsked(account.id, until: now, againInHours: 20)
            let again = try await store.claimToAsk(
                at: scene.instance, againInHours: 20, readAgainDays: 30)
            #expect(again == nil, "once a day is enough")
        }
    }

    @Test func `is asked for at the account first whose turn is the longest ago`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let other = try await market.given.verifiedSeller("Wood")
            _ = try await scene.kernel.connectPayoutAccount(
                at: scene.instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: other.member)
            func asked(whereFirst seller: ID<Seller>) async throws -> String? {
                try await market.database.execute(
                    """
                    update payout_account set payouts_due_at = now() - interval '1 hour'
                        * case when seller_id = \(seller) then 2 else 1 end
                    """)
                return try await market.database.bankPayouts.claimToAsk(
                    at: scene.instance, againInHours: 20, readAgainDays: 30)?.reference
            }

            #expect(try await asked(whereFirst: scene.seller.id) == scene.account)
            #expect(try await asked(whereFirst: other.id) == "acct_\(other.id)")
            // One that the provider has no name for yet cannot be asked about.
            let third = try await market.given.verifiedSeller("Wool")
            try await market.database.execute(
                """
                insert into payout_account (id, seller_id, instance_id)
                values (gen_random_uuid(), \(third.id), \(scene.instance))
                """)
            #expect(try await asked(whereFirst: third.id) != nil)
        }
    }

    /// Also when the worker died in the middle: nobody has to say that it got no answer.
    @Test func `of an account that nobody answered for is asked for in minutes, later and later`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            /// How many minutes after it was asked for its next turn is, in the database's time.
            func ask(answered: Bool = false) async throws -> Int {
                try await market.database.transaction { tx in
                    try await tx.execute("update payout_account set payouts_due_at = '-infinity'")
                    let account = try #require(
                        try await tx.bankPayouts.claimToAsk(
                            at: scene.instance, againInHours: 20, readAgainDays: 30))
                    if answered {
                        try await tx.bankPayouts.noteAsked(
                            account.id, until: .systemNow, againInHours: 20)
                    }
                    return try await tx.query(
                        """
                        select extract(epoch from payouts_due_at - now())::bigint / 60
                        from payout_account
                        """
                    ).decode { c in try c.next(Int.self) }.first ?? 0
                }
            }
            var minutes: [Int] = []
            for _ in 0..<9 { minutes.append(try await ask()) }

            #expect(minutes == [10, 20, 40, 80, 160, 320, 640, 1200, 1200])
            let early = try await market.database.bankPayouts.claimToAsk(
                at: scene.instance, againInHours: 20, readAgainDays: 30)
            #expect(early == nil, "nobody asks before")
            #expect(try await ask(answered: true) == 1200)
            #expect(try await ask() == 10, "an answer makes good for all that did not come")
        }
    }

    /// Whoever dies between the row and the message would leave a seller in the dark for good: what
    /// comes again is no news any more.
    @Test func `that failed is written and told in one step, whoever is killed in the middle`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.hear(scene.snapshot(.paid, version: 3))
            let hearing = try await market.storage.owner.transaction { tx in
                try await tx.execute("lock table outbox_event in access exclusive mode")
                let hearing = Task { try await scene.hear(scene.snapshot(.failed, version: 5)) }
                try await market.waitForWaiters(1)
                try await market.storage.owner.execute(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'
                    """)
                return hearing
            }
            await #expect(throws: (any Error).self) { try await hearing.value }
            #expect(try await scene.listed().map(\.status) == [.paid])
            #expect(try await scene.told() == 0)

            try await scene.hear(scene.snapshot(.failed, version: 5))

            #expect(try await scene.listed().map(\.status) == [.failed])
            #expect(try await scene.told() == 1)
        }
    }
}
