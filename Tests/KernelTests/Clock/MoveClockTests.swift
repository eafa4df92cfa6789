import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Moving the market's clock` {
    @Test func `a demo's clock moves forward and the trail says who moved it`() async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let before = try await market.marketplace.marketNow()

            let after = try await market.marketplace.moveClock(
                by: .seconds(8 * 86_400), as: admin.id)

            let moved = after.microsecondsSince1970 - before.microsecondsSince1970
            #expect(moved >= 8 * 86_400 * 1_000_000)
            #expect(try await market.marketplace.marketNow() >= after)
            let trail = try await market.marketplace.auditTrail(.actor(admin.id), PageRequest())
            #expect(trail.items.map(\.action) == ["clock.moved"])
            #expect(trail.items.first?.actorName == admin.name)
        }
    }

    @Test func `everything in an order's life is told by it`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            try await market.marketplace.moveClock(by: .seconds(90 * 86_400), as: nil)
            let before = try await market.marketplace.marketNow()

            let order = try await counter.shipped(quantity: 2)
            try await counter.refund(order, .amount(Money(100, .eur)))

            let told = try await counter.find(order)
            let after = try await market.marketplace.marketNow()
            let times =
                told.events.map(\.at) + told.refunds.map(\.requestedAt)
                + told.shipments.map(\.shippedAt) + [told.order.placedAt]
            #expect(told.events.count >= 4)
            #expect(times.allSatisfy { before <= $0 && $0 <= after })
            let page = try await market.marketplace.purchaseCase(told.order.purchase)
            #expect(page.orders.flatMap(\.events).allSatisfy { before <= $0.at && $0.at <= after })
        }
    }

    @Test func `a real market's clock does not move, and none moves back or far`() async throws {
        try await TestMarketplace.run(settings: { $0.isDemo = false }) { market in
            await #expect(throws: ClockRefusal.notADemo) {
                try await market.marketplace.moveClock(by: .seconds(1), as: nil)
            }
        }
        try await TestMarketplace.run { market in
            await #expect(throws: ClockRefusal.backwards) {
                try await market.marketplace.moveClock(by: .seconds(-1), as: nil)
            }
            await #expect(throws: ClockRefusal.tooFar) {
                try await market.marketplace.moveClock(by: .seconds(401 * 86_400), as: nil)
            }
        }
    }
}
