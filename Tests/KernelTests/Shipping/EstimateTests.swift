import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

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
                DeliveryWay("Parcel", Money(490, .eur), daysMin: 1, daysMax: 3),
                others: [DeliveryWay("Pick up", .zero(.eur), isPickup: true)])
            #expect(try await estimate(1) == wanted)
            #expect(try await estimate(3) == wanted)
        }
    }

    @Test func `is every way there, the cheapest first and what is fetched last`() {
        func quote(
            _ code: String, _ amount: Int64, _ days: Int? = nil, isPickup: Bool = false
        ) -> ShippingQuote {
            ShippingQuote(
                code: code, label: code, price: Money(amount, .eur), daysMax: days,
                isPickup: isPickup)
        }

        let ways = DeliveryWay.inOrder([
            quote("pickup", 0, isPickup: true), quote("express", 1200, 1), quote("slow", 490, 9),
            quote("letter", 250, 5), quote("parcel", 490, 3), quote("sometime", 490),
        ])

        #expect(
            ways.map(\.label) == ["letter", "parcel", "slow", "sometime", "express", "pickup"])
        let many = (0..<100).map { quote("\($0)", Int64(100 - $0)) }
        #expect(DeliveryWay.inOrder(many).first?.label == "99")
        #expect(DeliveryWay.inOrder(many).count == DeliveryWay.countMax)
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

    @Test func `is unknown of more than an amount can hold, as a guest's cart may be`()
        async throws
    {
        try await TestMarketplace.run { market in
            _ = try await market.given.instance(.shipping)
            let cup = try await market.given.listing(
                "Cup", price: Money(Money.amountMax, .eur),
                by: try await market.given.verifiedSeller())
            func estimate(lines: Int, of count: Int) async throws -> DeliveryEstimate {
                let item = CheckoutItem(variant: cup.variant, quantity: count)
                return try await market.marketplace.deliveryEstimate(
                    of: Array(repeating: item, count: lines), to: "AT")
            }

            #expect(try await estimate(lines: 60, of: 999) == .unknown)
            #expect(try await estimate(lines: 1, of: 2) == .unknown)
            #expect(try await estimate(lines: 1, of: 1) != .unknown)
        }
    }
}
