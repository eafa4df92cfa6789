import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Taxes of a checkout` {
    @Test func `are inside the prices where prices contain them`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)

            let checkout = try await shop.checkout(try await shop.thing(price: 11_900))

            // 19 % inside 119.00 is 19.00; shipping has its own line.
            let goods = checkout.taxLines.first { $0.lineID == "line-0" }
            #expect(checkout.isTaxed)
            #expect(goods?.amount == Money(1900, .eur))
            #expect(checkout.totals.tax == .zero(.eur))
            #expect(
                checkout.totals.taxIncluded.amount
                    == checkout.taxLines.reduce(0) { $0 + $1.amount.amount })
        }
    }

    @Test func `come on top where prices do not contain them`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, tax: ["ratePPM": "62500"])
            let seller = try await market.given.verifiedSeller("Boston Clay", country: "US")
            let bowl = try await market.given.listing(
                "Bowl", price: Money(10_000, .usd), by: seller)
            var address = Shop.address
            address.country = "US"
            address.region = "MA"

            let checkout = try await market.marketplace.startCheckout(
                [CheckoutItem(variant: bowl.variant, quantity: 1)], to: address,
                email: "grace@example.com", as: shop.buyer)

            let goods = checkout.taxLines.first { $0.lineID == "line-0" }
            #expect(goods?.amount == Money(625, .usd))
            #expect(checkout.totals.taxIncluded == .zero(.usd))
            #expect(
                checkout.totals.tax.amount
                    == checkout.taxLines.reduce(0) { $0 + $1.amount.amount })
            #expect(
                checkout.totals.total.amount
                    == checkout.totals.items.amount + checkout.totals.shipping.amount
                    + checkout.totals.tax.amount)
        }
    }
}
