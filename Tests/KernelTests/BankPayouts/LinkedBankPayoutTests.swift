import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Payouts to a seller's bank that were read` {
    private struct Scene: Sendable {
        let market: TestMarketplace
        let instance: ID<ProviderInstance>
        let seller: GivenSeller

        var bank: TestBank { TestBank.of(instance) }
        var account: String { "acct_\(seller.id)" }

        init(_ market: TestMarketplace) async throws {
            self.market = market
            instance = try await market.given.instance(ofPayments: "test-accounts")
            seller = try await market.given.verifiedSeller("Clay")
            _ = try await market.marketplace.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
        }

        func payout(_ reference: String, _ amount: Int64) -> BankPayoutSnapshot {
            BankPayoutSnapshot(
                reference: reference, account: account, status: .paid,
                amount: Money(amount, .eur), madeAt: .systemNow, version: 3)
        }

        /// A day later.
        func sweep() async throws {
            try await market.database.execute(
                "update payout_account set payouts_due_at = '-infinity'")
            try await market.marketplace.sweepBankPayouts()
        }

        func listed() async throws -> [String: BankPayout] {
            let all = try await market.marketplace.bankPayouts(
                as: seller.member, PageRequest()
            ).items
            return Dictionary(uniqueKeysWithValues: all.map { ($0.reference, $0) })
        }

        func unread() async throws -> [String] {
            try await market.marketplace.unreadBankPayouts(PageRequest()).items.map(\.reference)
        }
    }

    @Test func `name the one that they take back, and it names them, asked for once`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            scene.bank.keep(scene.payout("po_1", 4250))
            scene.bank.keep(scene.payout("po_2", -4250), takingBack: "po_1")
            scene.bank.keep(scene.payout("po_3", -300))

            try await scene.sweep()
            try await scene.sweep()

            let listed = try await scene.listed()
            #expect(listed["po_2"]?.reverses == "po_1" && listed["po_1"]?.reversedBy == "po_2")
            #expect(listed["po_3"]?.reverses == nil && listed["po_3"]?.reversedBy == nil)
            #expect(scene.bank.calls.count { $0 == "original" } == 2, "each below zero, once")
        }
    }

    @Test func `but made no sense are listed for a person until they do`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            scene.bank.keep(scene.payout("po_1", 4250))
            scene.bank.keep(scene.payout("po_odd", 700))
            scene.bank.makeOdd(["po_odd"])

            try await scene.sweep()
            try await scene.sweep()

            #expect(try await scene.unread() == ["po_odd"])
            #expect(try await market.marketplace.whatWaits().bankPayoutsUnread == 1)
            let one = try await market.marketplace.unreadBankPayouts(PageRequest()).items.first
            #expect(one?.seller == scene.seller.id && one?.sellerName == "Clay")
            scene.bank.makeOdd([])
            try await scene.sweep()
            #expect(try await scene.unread().isEmpty)
            #expect(Set(try await scene.listed().keys) == ["po_1", "po_odd"])
        }
    }

    /// The list of a month is read again; one that stays odd is looked for as long as it takes.
    @Test func `but made no sense are asked for again, however old`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let store = market.database.bankPayouts
            let account = try #require(
                try await market.database.payoutAccounts.find(scene.seller.id, at: scene.instance))
            _ = try await store.setAside("po_odd", of: account.id)
            try await market.database.execute(
                "update bank_payout_unread set first_seen_at = now() - interval '100 days'")
            try await store.noteAsked(account.id, until: .systemNow, againInHours: 20)
            try await market.database.execute(
                "update payout_account set payouts_due_at = '-infinity'")

            let turn = try #require(
                try await store.claimToAsk(
                    at: scene.instance, againInHours: 20, readAgainDays: 30))

            #expect(turn.since < Instant.systemNow.advanced(days: -129))
        }
    }

    /// Whoever looks for the original a year later finds it at the provider.
    @Test func `name what they take back unless they are older than a year, the newest first`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let account = try #require(
                try await market.database.payoutAccounts.find(scene.seller.id, at: scene.instance))
            for (reference, amount, days) in [
                ("po_old", Int64(-1), 366), ("po_newer", -1, 2), ("po_older", -1, 300),
                ("po_out", 1, 1),
            ] {
                try await market.marketplace.applyBankPayout(
                    BankPayoutSnapshot(
                        reference: reference, account: scene.account, status: .paid,
                        amount: Money(amount, .eur),
                        madeAt: Instant.systemNow.advanced(days: -days), version: 3),
                    at: scene.instance)
            }
            let store = market.database.bankPayouts

            #expect(
                try await store.unlinked(of: account.id, limit: 20) == ["po_newer", "po_older"])
            #expect(try await store.unlinked(of: account.id, limit: 1) == ["po_newer"])
        }
    }

    @Test func `but made no sense are a thousand of an account at most, and counted to a hundred`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let store = market.database.bankPayouts
            let account = try #require(
                try await market.database.payoutAccounts.find(scene.seller.id, at: scene.instance))
            try await market.database.execute(
                """
                insert into bank_payout_unread (account_id, reference)
                select \(account.id)::uuid, 'po_' || n from generate_series(1, 999) n
                """)

            #expect(try await store.setAside("po_a", of: account.id))
            #expect(try await !store.setAside("po_b", of: account.id))
            #expect(try await market.marketplace.whatWaits().bankPayoutsUnread == 100)
        }
    }

    @Test func `but made no sense are listed with the newest first`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let account = try #require(
                try await market.database.payoutAccounts.find(scene.seller.id, at: scene.instance))
            try await market.database.execute(
                """
                insert into bank_payout_unread (account_id, reference, first_seen_at)
                select \(account.id)::uuid, 'po_' || n, now() - n * interval '1 day'
                from generate_series(1, 3) n
                """)

            #expect(try await scene.unread() == ["po_1", "po_2", "po_3"])
        }
    }

    /// Two providers may give two payouts the same name.
    @Test func `are not taken back by one of another account`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let other = try await Scene(market)
            scene.bank.keep(scene.payout("po_1", 4250))
            other.bank.keep(other.payout("po_2", -4250), takingBack: "po_1")

            try await scene.sweep()

            #expect(try await scene.listed()["po_1"]?.reversedBy == nil)
            #expect(try await other.listed()["po_2"]?.reverses == "po_1")
        }
    }

    @Test func `and said with a link that it takes nothing back stay as they are`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let store = market.database.bankPayouts
            scene.bank.keep(scene.payout("po_2", -4250), takingBack: "po_1")
            try await scene.sweep()
            let account = try #require(
                try await market.database.payoutAccounts.find(scene.seller.id, at: scene.instance))

            try await store.link("po_2", of: account.id, to: "po_9")
            await #expect(throws: PostgresError.self) {
                try await market.database.execute(
                    "update bank_payout set reverses = 'po_9' where reference = 'po_2'")
            }

            #expect(try await scene.listed()["po_2"]?.reverses == "po_1")
        }
    }
}
