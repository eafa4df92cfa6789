import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Reading orders` {
    @Test func `each sees their own, page by page, by state and number`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            let thing = try await shop.thing(by: seller)
            let other = try await shop.thing()
            var numbers: [String] = []
            for _ in 0..<3 {
                numbers.append(
                    try #require(try await shop.bought(thing, other).first).order.number)
            }

            let first = try await shop.marketplace.listOrders(
                as: seller.member, OrderFilter(), PageRequest(limit: 2))
            let second = try await shop.marketplace.listOrders(
                as: seller.member, OrderFilter(), PageRequest(after: first.next, limit: 2))
            let everything = try await shop.marketplace.listOrdersForAdministration(
                OrderFilter(), PageRequest(limit: 50))
            let typed = numbers[0].lowercased().replacing("-", with: " - ")
            let found = try await shop.marketplace.listOrdersForAdministration(
                OrderFilter(state: .paid, number: typed), PageRequest())
            let byPurchase = try await shop.marketplace.listOrdersForAdministration(
                OrderFilter(number: String(numbers[1].prefix(8))), PageRequest())
            let purchases = try await shop.marketplace.listPurchases(
                of: shop.customer.id, PageRequest(limit: 2))

            #expect(first.items.count == 2)
            #expect(second.items.count == 1)
            #expect(second.next == nil)
            #expect((first.items + second.items).allSatisfy { $0.seller == seller.id })
            #expect(everything.items.count == 6)
            #expect(found.items.map(\.number) == [numbers[0]])
            #expect(byPurchase.items.count == 2)
            #expect(purchases.items.count == 2)
            #expect(purchases.next != nil)
        }
    }

    @Test func `the seller's view holds no address of the customer's mailbox`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let order = try #require(try await shop.bought(thing).first)

            let seen = try await shop.marketplace.findOrder(
                order.order.id, as: thing.seller.member)

            #expect(!String(describing: seen).contains("grace@example.com"))
            #expect(seen.address == Shop.address)
        }
    }

    @Test func `other people's orders and purchases are missing`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let order = try #require(try await shop.bought(thing).first)
            let stranger = Buyer(guestToken: "stranger")
            let rival = try await market.given.verifiedSeller("Rival")

            await #expect(throws: OrderRefusal.missing) {
                try await shop.marketplace.findOrder(order.order.id, as: stranger)
            }
            await #expect(throws: OrderRefusal.missing) {
                try await shop.marketplace.findOrder(order.order.id, as: rival.member)
            }
            await #expect(throws: OrderRefusal.purchaseMissing) {
                try await shop.marketplace.findPurchase(order.order.purchase, as: stranger)
            }
            await #expect(throws: OrderRefusal.missing) {
                try await shop.marketplace.confirmDelivery(order.order.id, as: stranger)
            }
            await #expect(throws: OrderRefusal.missing) {
                try await shop.marketplace.cancelOrder(
                    order.order.id, reason: "mine now", as: .customer(stranger))
            }
            await #expect(throws: OrderRefusal.missing) {
                try await shop.marketplace.cancelOrder(
                    order.order.id, reason: "mine now", as: .seller(rival.member))
            }
        }
    }

    @Test func `a guest finds a purchase by token, also after signing in`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let guest = Buyer(guestToken: "a random token")
            let checkout = try await shop.checkout(try await shop.thing(), as: guest)
            let placed = try await shop.place(checkout, as: guest)

            let both = Buyer(account: shop.customer.id, guestToken: "a random token")

            #expect(
                try await shop.marketplace.findPurchase(placed.purchase.id, as: both).purchase.id
                    == placed.purchase.id)
            await #expect(throws: OrderRefusal.purchaseMissing) {
                try await shop.marketplace.findPurchase(placed.purchase.id, as: shop.buyer)
            }
        }
    }
}
