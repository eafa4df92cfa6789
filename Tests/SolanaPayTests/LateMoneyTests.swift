import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

// The market's clock is moved, and what providers were asked is timed by the database's: a past is
// made by writing it.
@Suite struct `Money that comes on the chain after a payment was over` {
    private struct Watch: Equatable {
        let state: String
        let error: String
        static let givenUp = Watch(state: "failed", error: "given up")
    }

    private func watch(_ shop: ChainShop, _ placed: PlacedPurchase) async throws -> Watch? {
        try await shop.market.database.query(
            """
            select state, coalesce(error, '') from payment_attempt
            where payment_id = \(placed.payment.id) and kind = 'start'
            """
        ).decode { c in try Watch(state: c.next(), error: c.next()) }.first
    }

    /// Nobody paid in time: it began and ended so long ago.
    private func expired(
        _ shop: ChainShop, begun: String, ended: String
    ) async throws -> PlacedPurchase {
        let placed = try await shop.placed()
        try await shop.market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
        try await shop.market.marketplace.expirePurchases()
        #expect(try await shop.state(placed) == .cancelled)
        _ = try await shop.market.database.batch([
            """
            update payment_attempt set created_at = now() - \(begun)::text::interval,
                first_sent_at = now() - \(begun)::text::interval
            where payment_id = \(placed.payment.id)
            """,
            """
            update payment set ended_at = now() - \(ended)::text::interval
            where id = \(placed.payment.id) and ended_at > now() - interval '1 hour'
            """,
        ])
        return placed
    }

    @Test func `is looked for for a day from its end, however long it could be paid`()
        async throws
    {
        try await ChainShop.run(.sol) { shop in
            // A day to pay, which is over for an hour.
            let placed = try await expired(shop, begun: "25 hours", ended: "1 hour")
            try await shop.look()
            #expect(try await watch(shop, placed)?.state == "sent")

            try await shop.chain.chain.finalize(try await shop.pay(placed))
            try await shop.look()

            let late = try #require(try await shop.detail(placed).payment)
            #expect(late.state == .late && late.received == late.amount)
            #expect(
                try await shop.market.marketplace.paymentsToReview().items.map(\.id) == [late.id])
        }
    }

    @Test func `is found by a last look, and then nothing is looked for any more`() async throws {
        try await ChainShop.run(.usdc) { shop in
            let placed = try await expired(shop, begun: "26 hours", ended: "25 hours")
            // Nobody looked since, as when all workers were away.
            try await shop.chain.chain.finalize(try await shop.pay(placed))

            try await shop.look()

            let late = try #require(try await shop.detail(placed).payment)
            #expect(late.state == .late && late.received == late.amount)
            #expect(try await watch(shop, placed)?.state == "sent", "there was news")
            try await shop.look()
            #expect(try await watch(shop, placed) == .givenUp)
        }
    }

    @Test func `is not given up before its provider has said once more that there is none`()
        async throws
    {
        try await ChainShop.run(.usdc) { shop in
            let placed = try await expired(shop, begun: "26 hours", ended: "25 hours")
            try await shop.market.database.execute(
                """
                update provider_instance set configuration_version = configuration_version + 1,
                    settings = jsonb_set(settings, '{node}', '"http://127.0.0.1:1"')
                where id = \(shop.way)
                """)

            try await shop.look()
            #expect(try await watch(shop, placed)?.state == "unknown")

            // It never answers again: nobody will know.
            try await shop.market.database.execute(
                """
                update payment set ended_at = ended_at - interval '24 hours'
                where id = \(placed.payment.id)
                """)
            try await shop.look()
            #expect(try await watch(shop, placed) == .givenUp)
        }
    }
}
