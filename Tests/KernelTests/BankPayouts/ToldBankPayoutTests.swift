import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// One delivery may tell of payments and of several payouts to sellers' banks.
@Suite struct `What a webhook tells of payouts to sellers' banks` {
    private struct Scene: Sendable {
        let market: TestMarketplace
        let shop: Shop
        let seller: GivenSeller
        let account: ID<PayoutAccount>
        /// Whose webhook it is, too.
        let placed: PlacedPurchase

        init(_ market: TestMarketplace) async throws {
            self.market = market
            shop = try await Shop(market)
            try await market.database.execute(
                """
                update provider_instance set module_key = 'test-accounts'
                where id = \(shop.payment)
                """)
            seller = try await market.given.verifiedSeller("Clay")
            _ = try await market.marketplace.connectPayoutAccount(
                at: shop.payment, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
            account = try #require(
                try await market.database.payoutAccounts.find(seller.id, at: shop.payment)
            ).id
            // It was read today.
            try await market.database.bankPayouts.noteAsked(
                account, until: .systemNow, againInHours: 20)
            placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
        }

        func payout(
            _ reference: String, _ amount: Int64 = 4250, of account: String? = nil,
            version: Int64 = 3
        ) -> BankPayoutSnapshot {
            BankPayoutSnapshot(
                reference: reference, account: account ?? "acct_\(seller.id)", status: .paid,
                amount: Money(amount, .eur), madeAt: .systemNow, version: version)
        }

        /// That the purchase is paid, and these payouts with it.
        func tell(_ payouts: BankPayoutSnapshot...) async throws {
            let reference = placed.payment.reference ?? "none"
            shop.bank.finish(reference)
            let delivery = try #require(shop.bank.webhook(reference, eventID: "one"))
            shop.bank.tell(of: payouts, in: delivery)
            try await shop.deliver(delivery)
            try await market.worker().drain()
        }

        func isPaid() async throws -> Bool {
            try await shop.detail(placed).purchase.state == .paid
        }

        func listed() async throws -> [String: Money] {
            let all = try await market.marketplace.bankPayouts(as: seller.member, PageRequest())
            return Dictionary(uniqueKeysWithValues: all.items.map { ($0.reference, $0.amount) })
        }

        func unread() async throws -> [String] {
            try await market.marketplace.unreadBankPayouts(PageRequest()).items.map(\.reference)
        }

        func failed() async throws -> [FailedWebhook] {
            try await market.marketplace.failedWebhooks(PageRequest()).items
        }
    }

    @Test func `and nobody can read is put aside, and what came with it is heard`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            scene.shop.bank.makeOdd(["po_odd"])
            scene.shop.bank.keep(scene.payout("po_1"))

            try await scene.tell(scene.payout("po_odd"), scene.payout("po_1"))

            #expect(try await scene.isPaid())
            #expect(try await scene.unread() == ["po_odd"])
            #expect(try await scene.failed().isEmpty)
            let done = try await scene.shop.count(
                "select count(*) from webhook_inbox where state = 'done'")
            #expect(done == 1)
            // Its account's turn is now, though it was read today.
            #expect(try await market.marketplace.sweepBankPayouts() == 1)
            #expect(try await scene.listed().keys.sorted() == ["po_1"])
        }
    }

    @Test func `of an account that nobody opened here is nobody's, read or not`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            scene.shop.bank.makeOdd(["po_odd"])

            try await scene.tell(scene.payout("po_odd", of: "acct_stranger"))

            #expect(try await scene.unread().isEmpty)
            #expect(try await scene.isPaid())
        }
    }

    @Test func `and contradicts itself fails, and what came with it is heard`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await market.marketplace.applyBankPayout(
                scene.payout("po_1", version: 2), at: scene.shop.payment)

            try await scene.tell(scene.payout("po_1", 9999), scene.payout("po_2"))

            let known = ["po_1": Money(4250, .eur), "po_2": Money(4250, .eur)]
            #expect(try await scene.listed() == known)
            #expect(try await scene.isPaid())
            #expect(try await scene.failed().map(\.event) == ["one"])
        }
    }

    /// Whoever tells of it every minute does not have the whole account read every minute.
    @Test func `and nobody can read makes its account's turn come once`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            scene.shop.bank.makeOdd(["po_odd"])
            try await scene.tell(scene.payout("po_odd"))
            #expect(try await market.marketplace.sweepBankPayouts() == 1)

            let again = try #require(
                scene.shop.bank.webhook(scene.placed.payment.reference ?? "none", eventID: "two"))
            scene.shop.bank.tell(of: [scene.payout("po_odd")], in: again)
            try await scene.shop.deliver(again)
            try await market.worker().drain()

            #expect(try await market.marketplace.sweepBankPayouts() == 0)
            #expect(try await scene.unread() == ["po_odd"])
        }
    }
}
