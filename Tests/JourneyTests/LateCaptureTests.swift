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
}
