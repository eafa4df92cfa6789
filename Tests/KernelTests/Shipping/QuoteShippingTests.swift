import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `How each maker's parcel goes` {
    @Test func `is quoted by maker and chosen by maker`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing(), try await shop.thing())

            let chosen = try await market.marketplace.chooseShipping(
                checkout.id, parcel: 1, option: "parcel", as: shop.buyer)
            let both = try await market.marketplace.chooseShipping(
                checkout.id, parcel: 0, option: "pickup", as: shop.buyer)

            #expect(
                checkout.parcels.map { $0.options.map(\.code) }
                    == [["pickup", "parcel"], ["pickup", "parcel"]])
            #expect(chosen.parcels[1].chosen == "parcel")
            #expect(both.parcels.map(\.chosen) == ["pickup", "parcel"])
            #expect(both.totals.shipping == Money(490, .eur))
            #expect(
                both.totals.total.amount
                    == both.totals.items.amount + both.totals.shipping.amount
                    + both.totals.tax.amount)
        }
    }

    @Test func `an option or a parcel that is not there is refused`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())

            await #expect(throws: CheckoutRefusal.optionUnknown) {
                try await market.marketplace.chooseShipping(
                    checkout.id, parcel: 0, option: "by-swan", as: shop.buyer)
            }
            await #expect(throws: CheckoutRefusal.parcelUnknown) {
                try await market.marketplace.chooseShipping(
                    checkout.id, parcel: 7, option: "parcel", as: shop.buyer)
            }
        }
    }
}
