import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A webhook that tells of nothing but a payout to a bank` {
    private struct Scene {
        let market: TestMarketplace
        let instance: ID<ProviderInstance>
        let seller: GivenSeller

        init(_ market: TestMarketplace) async throws {
            self.market = market
            instance = try await market.given.instance(ofPayments: "test-accounts")
            seller = try await market.given.verifiedSeller("Clay")
            _ = try await market.marketplace.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
        }

        func payout(
            _ reference: String, _ amount: Int64, of account: String? = nil
        ) -> BankPayoutSnapshot {
            BankPayoutSnapshot(
                reference: reference, account: account ?? "acct_\(seller.id)", status: .paid,
                amount: Money(amount, .eur), madeAt: .systemNow, version: 3)
        }

        func tell(_ payout: BankPayoutSnapshot) async throws {
            let told = WebhookDelivery(
                headers: ["x-test-signature": "signed", "x-test-event": payout.reference],
                body: Array("no payment".utf8), receivedAt: .systemNow)
            TestBank.of(instance).tell(of: [payout], in: told)
            try await market.marketplace.receiveWebhook(
                from: instance, headers: told.headers, body: told.body)
            try await market.worker().drain()
        }

        func listed() async throws -> [BankPayout] {
            try await market.marketplace.bankPayouts(as: seller.member, PageRequest()).items
        }
    }

    /// What is marked as ignored looks like another market's, to whoever looks for what came.
    @Test(arguments: [true, false])
    func `is done where the account is ours, and ignored where it is nobody's`(
        isOurs: Bool
    ) async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)

            try await scene.tell(scene.payout("po_1", 4250, of: isOurs ? nil : "acct_stranger"))

            let states = try await market.database.query("select state from webhook_inbox")
                .decode { c in try c.next(String.self) }
            #expect(states == [isOurs ? "done" : "ignored"])
            #expect(try await scene.listed().map(\.status) == (isOurs ? [.paid] : []))
        }
    }

    /// Nobody waits for the next sweep, which may be a day later.
    @Test func `that takes another one back names it at once`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let back = scene.payout("po_2", -4250)
            TestBank.of(scene.instance).keep(back, takingBack: "po_1")

            try await scene.tell(back)

            #expect(try await scene.listed().map(\.reverses) == ["po_1"])
        }
    }
}
