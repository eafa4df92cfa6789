import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A capture that comes after the hold is over` {
    @Test func `still pays the seller`() async throws {
        try await TestMarketplace.run { market in
            let day = try await MarketDay(market, sellers: 1, capture: .atShipment)
            let order = try #require(try await day.buy([(day.things[0], 1)]).orders.first)
            try await day.ship(order)
            try await day.confirm(order)

            // The bank is down for as long as the seller's money is held.
            try await market.marketplace.moveClock(by: .seconds(30 * 86_400), as: nil)
            while try await market.marketplace.releaseHolds() > 0 {}
            try await day.settle()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()

            #expect(day.bank.paidOut == [order.order.amounts.sellerShare])
            try await day.checkBooks()
        }
    }

    /// The provider is asked again for two weeks, and people may ask at any time: what is released
    /// meanwhile would never be paid.
    @Test func `still pays the seller when it was refused until then`() async throws {
        try await TestMarketplace.run { market in
            let day = try await MarketDay(market, sellers: 1, capture: .atShipment)
            let order = try #require(try await day.buy([(day.things[0], 1)]).orders.first)
            day.bank.fail(.declined)
            try await day.ship(order)
            try await day.settle()
            try await day.confirm(order)
            try await market.marketplace.moveClock(by: .seconds(30 * 86_400), as: nil)
            while try await market.marketplace.releaseHolds() > 0 {}

            try await market.marketplace.retryCapture(
                order.order.id, reason: "The bank can again.", as: .admin(day.admin.id))
            try await day.settle()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()

            #expect(day.bank.paidOut == [order.order.amounts.sellerShare])
            let open = try await market.marketplace.openItemCounts(of: day.payment)
            #expect(open.isEmpty, "\(open)")
            try await day.checkBooks()
        }
    }

    /// What a swap of providers waits for then: another run, and nothing else.
    @Test func `is paid by the next run when its answer was out during one`() async throws {
        try await TestMarketplace.run { market in
            let day = try await MarketDay(market, sellers: 1, capture: .atShipment)
            var orders: [OrderDetail] = []
            for pieces in 1...2 {
                orders += try await day.buy([(day.things[0], pieces)]).orders
            }
            day.bank.fail(.answerLost)
            try await day.ship(orders[0])
            try await day.settle()
            try await market.database.execute(
                "update payment_attempt set next_try_at = now() + interval '1 hour'")
            try await day.ship(orders[1])
            try await day.settle()
            for order in orders { try await day.confirm(order) }
            try await market.marketplace.moveClock(by: .seconds(30 * 86_400), as: nil)

            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            #expect(day.bank.paidOut == [orders[1].order.amounts.sellerShare])

            try await market.database.execute(
                "update payment_attempt set next_try_at = now() where state = 'unknown'")
            try await day.settle()
            let open = try await market.marketplace.openItemCounts(of: day.payment)
            #expect(open.map(\.kind) == [.earning])
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            let left = try await market.marketplace.openItemCounts(of: day.payment)
            #expect(left.isEmpty, "\(left)")
            try await day.checkBooks()
        }
    }
}
