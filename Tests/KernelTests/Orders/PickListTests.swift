import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A pick list` {
    @Test func `it counts by thing what is still to be packed, oldest order first`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            let (thing, second) = (
                try await shop.thing(by: seller), try await shop.thing(by: seller)
            )
            let other = try await shop.thing()
            func buy(_ quantities: (ID<Variant>, Int)...) async throws -> Order {
                let checkout = try await shop.marketplace.startCheckout(
                    quantities.map { CheckoutItem(variant: $0.0, quantity: $0.1) },
                    to: Shop.address, email: "grace@example.com", as: shop.buyer)
                let orders = try await shop.detail(try await shop.place(checkout)).orders
                return try #require(orders.first { $0.order.seller == seller.id }).order
            }
            let kernel = shop.marketplace
            #expect(try await kernel.pickList(as: seller.member).items.isEmpty)
            let one = try await buy((thing.variant, 3), (other.variant, 1))
            let two = try await buy((thing.variant, 1), (second.variant, 2))

            let list = try await kernel.pickList(as: seller.member)
            #expect(list.orders == 2 && list.isWhole)
            #expect(list.items.count == 2)
            let picked = try #require(list.items.first { $0.variant == thing.variant })
            #expect(picked.orders.map(\.number) == [one.number, two.number])
            #expect(picked.orders.map(\.quantity) == [3, 1])
            #expect(picked.quantity == 4)

            // What is on its way is taken off the list; what is left of the order stays.
            let line = try await kernel.findOrder(one.id, as: seller.member).lines[0].id
            try await kernel.shipOrder(
                one.id, [ShippedLine(line: line, quantity: 2)],
                in: try ShippedParcel(carrier: "DHL"), as: seller.member)
            try await kernel.cancelOrder(
                two.id, reason: "It broke in the kiln.", as: .seller(seller.member))
            let rest = try await kernel.pickList(as: seller.member)
            #expect(rest.items.map(\.variant) == [thing.variant])
            #expect(rest.items.first?.quantity == 1)
        }
    }
}
