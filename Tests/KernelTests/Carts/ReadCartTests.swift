import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A cart` {
    @Test func `stands by makers, with what each line comes to now`() async throws {
        try await TestMarketplace.run { market in
            let (clay, wool) = (
                try await market.given.verifiedSeller("Clay"),
                try await market.given.verifiedSeller("Wool")
            )
            let bowl = try await market.given.listing("Bowl", by: clay)
            let scarf = try await market.given.listing(
                "Scarf", price: Money(6800, .eur), by: wool)
            let cup = try await market.given.listing("Cup", price: Money(900, .eur), by: clay)

            let cart = try await market.marketplace.cart([
                CheckoutItem(variant: bowl.variant, quantity: 2),
                CheckoutItem(variant: scarf.variant, quantity: 1),
                CheckoutItem(variant: cup.variant, quantity: 3),
            ])

            #expect(cart.groups.map(\.sellerName) == ["Clay", "Wool"])
            #expect(cart.groups[0].lines.map(\.total) == [Money(4000, .eur), Money(2700, .eur)])
            #expect(cart.total == Money(13_500, .eur))
            #expect(cart.isBuyable)
        }
    }

    @Test func `says what went stale, and leaves it out of the sum`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let bowl = try await market.given.listing("Bowl", by: seller)
            let last = try await market.given.listing("Last one", by: seller, stock: 1)
            let gone = ID<Variant>()

            let cart = try await market.marketplace.cart([
                CheckoutItem(variant: bowl.variant, quantity: 1),
                CheckoutItem(variant: last.variant, quantity: 2),
                CheckoutItem(variant: gone, quantity: 1),
            ])

            #expect(cart.unknown == [gone])
            #expect(cart.lines.map { $0.problem == nil } == [true, false])
            #expect(cart.total == Money(2000, .eur))
            #expect(!cart.isBuyable)
        }
    }

    @Test func `in two currencies has no sum`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let bowl = try await market.given.listing("Bowl", by: seller)
            let print = try await market.given.listing(
                "Print", price: Money(2000, .usd), by: seller)

            let cart = try await market.marketplace.cart([
                CheckoutItem(variant: bowl.variant, quantity: 1),
                CheckoutItem(variant: print.variant, quantity: 1),
            ])

            #expect(cart.total == nil)
        }
    }
}
