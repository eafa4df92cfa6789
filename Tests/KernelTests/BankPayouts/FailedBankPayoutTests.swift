import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A payout that a seller's bank did not take` {
    private struct Scene: Sendable {
        let market: TestMarketplace
        let instance: ID<ProviderInstance>

        init(_ market: TestMarketplace) async throws {
            self.market = market
            instance = try await market.given.instance(ofPayments: "test-accounts")
        }

        /// A shop with an account there.
        func shop(_ name: String) async throws -> GivenSeller {
            let seller = try await market.given.verifiedSeller(name)
            _ = try await market.marketplace.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
            return seller
        }

        func hear(
            _ reference: String, _ status: BankPayoutStatus, of shop: GivenSeller,
            _ currency: Currency = .eur, version: Int64 = 5, daysAgo: Int = 1
        ) async throws {
            try await market.marketplace.applyBankPayout(
                BankPayoutSnapshot(
                    reference: reference, account: "acct_\(shop.id)", status: status,
                    amount: Money(4250, currency),
                    failureCode: status == .failed ? "account_closed" : nil,
                    madeAt: Instant.systemNow.advanced(days: -daysAgo), version: version),
                at: instance)
        }

        func told() async throws -> Int {
            try await market.database.query(
                "select count(*) from outbox_event where topic = 'bank-payout.failed'"
            ).decode { c in try c.next(Int.self) }.first ?? 0
        }

        func waiting() async throws -> Int {
            try await market.marketplace.whatWaits().bankPayoutsFailed
        }
    }

    /// Its provider says more of it later, such as another day.
    @Test func `is told once, though more is said of it while it stays failed`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let clay = try await scene.shop("Clay")

            for version in [Int64(5), 6, 7] {
                try await scene.hear("po_1", .failed, of: clay, version: version)
            }

            #expect(try await scene.told() == 1)
            // Whatever becomes of it afterwards, the next one is told.
            try await scene.hear("po_2", .failed, of: clay)
            #expect(try await scene.told() == 2)
        }
    }

    /// Each has read what is known of it while the other had not written it yet.
    @Test func `is written once by two processes that hear of it in one moment`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let clay = try await scene.shop("Clay")

            let words: [@Sendable () async throws -> Void] = [Int64(5), 6].map { version in
                { try await scene.hear("po_1", .failed, of: clay, version: version) }
            }

            let heard = try await market.inTurn(
                lockedBy: "select id from payout_account for update", words)

            for outcome in heard { try outcome.get() }
            #expect(try await scene.told() == 1)
            let rows = try await market.database.query("select from bank_payout")
            #expect(rows.count == 1)
        }
    }

    @Test func `still waits when another shop's bank took one, or this one took dollars`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let (clay, wood) = (try await scene.shop("Clay"), try await scene.shop("Wood"))
            try await scene.hear("po_1", .failed, of: clay, daysAgo: 89)
            // Whoever has not mended it for so long never will.
            try await scene.hear("po_old", .failed, of: clay, daysAgo: 91)
            #expect(try await scene.waiting() == 1)

            try await scene.hear("po_2", .paid, of: wood)
            #expect(try await scene.waiting() == 1, "another shop's")
            try await scene.hear("po_3", .paid, of: clay, .usd)
            #expect(try await scene.waiting() == 1, "another currency")

            try await scene.hear("po_4", .paid, of: clay)
            #expect(try await scene.waiting() == 0)
        }
    }

    @Test func `is listed to administrators by shop`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let (clay, wood) = (try await scene.shop("Clay"), try await scene.shop("Wood"))
            try await scene.hear("po_1", .failed, of: clay)
            try await scene.hear("po_2", .failed, of: wood)
            try await scene.hear("po_3", .paid, of: wood)
            func listed(_ shop: GivenSeller?, isFailed: Bool) async throws -> Set<String> {
                let page = try await market.marketplace.bankPayouts(
                    of: shop?.id, isFailed: isFailed, PageRequest())
                return Set(page.items.map(\.payout.reference))
            }

            #expect(try await listed(wood, isFailed: false) == ["po_2", "po_3"])
            #expect(try await listed(wood, isFailed: true) == ["po_2"])
            #expect(try await listed(nil, isFailed: true) == ["po_1", "po_2"])
        }
    }
}
