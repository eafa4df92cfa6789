import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A shop at a glance` {
    @Test func `shows what waits and what was sold, of this shop alone`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let other = try await shop.thing()
            let bought = try await shop.bought(thing)
            _ = try await shop.bought(other)
            let total = try #require(bought.first).order.amounts.total

            let glance = try await shop.marketplace.glance(as: thing.seller.member)

            #expect(glance.toPack == 1)
            #expect(glance.sales.map(\.orders) == [1])
            #expect(glance.sales.map(\.total) == [total])
            let today = Day(containing: try await shop.marketplace.marketNow())
            #expect(glance.sales.first?.day == today.from)
        }
    }

    @Test func `counts what is sold out and what nearly is`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            _ = try await market.given.listing("Gone", by: seller, stock: 0)
            _ = try await market.given.listing("Nearly", by: seller, stock: ShopGlance.lowStock)
            _ = try await market.given.listing("Plenty", by: seller, stock: 4)

            let glance = try await market.marketplace.glance(as: seller.member)

            #expect(glance == ShopGlance(toPack: 0, soldOut: 1, runningOut: 1, sales: []))
        }
    }

    @Test func `forgets sales after thirty days, and orders that were cancelled`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let first = try #require(try await shop.bought(thing).first)
            try await shop.marketplace.cancelOrder(
                first.order.id, reason: "No clay left", as: .seller(thing.seller.member))
            let second = try await shop.bought(thing)
            #expect(second.count == 1)
            let admin = try await market.given.administrator()

            let now = try await shop.marketplace.glance(as: thing.seller.member)
            _ = try await shop.marketplace.moveClock(by: .seconds(31 * 86_400), as: admin.id)
            let later = try await shop.marketplace.glance(as: thing.seller.member)

            #expect(now.sales.map(\.orders) == [1])
            #expect(later.sales.isEmpty)
            #expect(later.toPack == 1)
        }
    }
}
