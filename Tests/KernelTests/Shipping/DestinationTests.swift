import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Where makers send to` {
    @Test func `is everywhere until they say where, and nobody pays for what cannot arrive`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let (near, far) = (
                try await market.given.verifiedSeller(), try await market.given.verifiedSeller()
            )
            let (bowl, cup) = (try await shop.thing(by: near), try await shop.thing(by: far))
            func found(_ country: String) async throws -> Set<ID<Listing>> {
                var query = CardQuery()
                query.sentTo = country
                return Set(try await kernel.cards(query).items.map(\.id))
            }
            func estimate(_ thing: GivenThing, _ country: String) async throws -> DeliveryEstimate {
                try await kernel.deliveryEstimate(
                    of: [CheckoutItem(variant: thing.variant, quantity: 1)], to: country)
            }
            #expect(try await kernel.destinations(of: near.id) == nil)
            #expect(try await found("FR") == [bowl.listing, cup.listing])

            let kept = try await kernel.setDestinations(["de ", "AT", "DE"], as: near.member)

            #expect(kept == ["AT", "DE"])
            #expect(try await found("FR") == [cup.listing])
            #expect(try await found("DE") == [bowl.listing, cup.listing])
            #expect(try await kernel.facets(CardQuery(), sentTo: "FR").sent == 1)
            #expect(try await kernel.facets(CardQuery(), sentTo: "DE").sent == 2)
            #expect(try await kernel.facets(CardQuery()).sent == nil)
            #expect(try await estimate(bowl, "FR") == .notThere)
            #expect(try await estimate(cup, "FR") != .notThere)
            #expect(try await estimate(bowl, "DE") != .notThere)

            var address = Shop.address
            address.country = "FR"
            let checkout = try await kernel.startCheckout(
                [bowl, cup].map { CheckoutItem(variant: $0.variant, quantity: 1) }, to: address,
                email: "grace@example.com", as: shop.buyer)
            #expect(checkout.parcels.map(\.isQuoted) == [true, true])
            #expect(
                Set(checkout.parcels.filter(\.options.isEmpty).map(\.seller)) == [near.id])
            await #expect(throws: CheckoutRefusal.self) {
                try await kernel.placePurchase(
                    checkout.id, expecting: checkout.totals.total,
                    paying: PaymentChoice(instance: shop.payment, method: "card") { _ in
                        "http://127.0.0.1/"
                    }, as: shop.buyer)
            }

            #expect(try await kernel.setDestinations([], as: near.member) == nil)
            #expect(try await found("FR") == [bowl.listing, cup.listing])
        }
    }

    @Test func `is for those who look after the shop, and in codes of countries`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            for wrong in ["Germany", "D", "D1", "", "DEU"] {
                await #expect(throws: InputRefusal.self, "\(wrong)") {
                    try await kernel.setDestinations(["DE", wrong], as: seller.member)
                }
            }
            let clerk = try await market.given.account("Carla Clerk")
            try await kernel.addMember(email: clerk.email, role: .orders, as: seller.member)
            let member = SellerMember(seller: seller.id, account: clerk.id, role: .orders)
            await #expect(throws: SellerRefusal.notAllowed) {
                try await kernel.setDestinations(["DE"], as: member)
            }
            #expect(try await kernel.destinations(of: seller.id) == nil)
        }
    }
}
