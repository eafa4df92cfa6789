import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `What sending a thing would cost` {
    @Test func `is what the checkout offers, without fetching it oneself`() async throws {
        try await TestMarketplace.run { market in
            _ = try await market.given.instance(.shipping)
            let cup = try await market.given.listing(
                "Cup", by: try await market.given.verifiedSeller())
            func estimate(_ count: Int) async throws -> DeliveryEstimate {
                try await market.marketplace.deliveryEstimate(
                    of: [CheckoutItem(variant: cup.variant, quantity: count)], to: "AT")
            }

            let wanted = DeliveryEstimate.sent(
                label: "Parcel", price: Money(490, .eur), daysMin: 1, daysMax: 3)
            #expect(try await estimate(1) == wanted)
            #expect(try await estimate(3) == wanted)
        }
    }

    @Test func `is unknown when nobody can be asked, and is asked again later`() async throws {
        try await TestMarketplace.run { market in
            let cup = try await market.given.listing(
                "Cup", by: try await market.given.verifiedSeller())
            let items = [CheckoutItem(variant: cup.variant, quantity: 1)]

            #expect(try await market.marketplace.deliveryEstimate(of: items, to: "AT") == .unknown)
            await #expect(throws: ListingRefusal.self) {
                try await market.marketplace.deliveryEstimate(
                    of: [CheckoutItem(variant: ID(), quantity: 1)], to: "AT")
            }
        }
    }
}
