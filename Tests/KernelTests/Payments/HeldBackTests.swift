import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `What is asked of a provider that serves nobody` {
    /// In how many seconds it is tried again.
    private func wait(_ kind: String, in shop: Shop) async throws -> Int {
        try await shop.count(
            """
            select extract(epoch from next_try_at - now())::int from payment_attempt
            where kind = \(kind)
            """)
    }

    @Test func `waits until it may be back, and no longer for what nobody sent`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing(price: 1000)
            let order = try #require(try await shop.bought(thing).first)
            try await shop.ship(order, by: thing)
            shop.bank.fail(.unavailable, .unavailable, .unavailable, .unavailable, .unavailable)
            for _ in 1...5 {
                try await shop.hurry()
                try await shop.settle()
            }
            #expect((30...32).contains(try await wait("capture", in: shop)))
            let asked = shop.bank.calls

            for _ in 1...2 {
                try await shop.hurry()
                try await shop.settle()
                #expect((9...15).contains(try await wait("capture", in: shop)))
            }
            #expect(shop.bank.calls == asked)

            let other = try market.anotherProcess()
            shop.bank.fail(.unavailable)
            try await shop.hurry()
            try await other.settlePayments()
            // As after the sixth try, not the eighth.
            #expect((62...64).contains(try await wait("capture", in: shop)))
            try await shop.hurry()
            try await other.settlePayments()
            #expect(shop.bank.held == 1000)
            await other.database.close()
        }
    }

    @Test func `is not asked without a pause because its customer looked again and again`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            func look() async throws {
                _ = try await shop.marketplace.returnFromPayment(
                    placed.purchase.id, as: shop.buyer)
            }
            for _ in 1...5 { try await look() }
            let next = try await wait("start", in: shop)

            for _ in 1...5 { try await look() }

            #expect(try await wait("start", in: shop) >= next - 5)
            #expect(try await shop.count("select held_tries from payment_attempt") == 0)
            try await market.database.execute(
                "update payment_attempt set held_tries = 2000 where kind = 'start'")
            let other = try market.anotherProcess()
            try await shop.hurry()
            try await other.settlePayments()
            #expect((1...2).contains(try await wait("start", in: shop)))
            await other.database.close()
        }
    }

    @Test(arguments: [(45, 44...45), (0, 1...2), (-3, 1...2), (86_400, 3599...3600)])
    func `is asked no sooner than it asks for, up to an hour`(
        plea: Int, waits: ClosedRange<Int>
    ) async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            #expect(placed.payment.state == .requiresAction)
            try await market.database.execute("update payment_attempt set tries = 0")
            shop.bank.beBlind(.unavailable(message: "busy", retryAfterSeconds: plea))
            try await shop.hurry()
            try await shop.settle()

            #expect(waits.contains(try await wait("start", in: shop)))
        }
    }
}
