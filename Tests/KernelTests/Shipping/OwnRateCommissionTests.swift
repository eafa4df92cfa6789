import Kernel
import TestSupport
import Testing
import Vocabulary

/// What a shop asks for shipping is its own price like any other: a thing for a cent that is sent
/// for a hundred euros pays commission on both.
@Suite struct `Commission on a shop's own shipping prices` {
    @Test func `is taken at the rate of the things, and is said on the order and its trace`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let thing = try await shop.thing(price: 1)
            try await kernel.createShippingProfile(
                ShippingProfileDraft(
                    name: "Dear", handlingDays: 2, sentFrom: "Leipzig", isDefault: true,
                    zones: [
                        ShippingZone(
                            countries: [], currency: .eur, first: 9999, further: 0, daysMin: 1,
                            daysMax: 3)
                    ]), as: thing.seller.member)
            let placed = try await shop.place(try await shop.checkout(thing))
            let order = try #require(try await shop.detail(placed).orders.first)

            #expect(order.order.amounts.shipping == Money(9999, .eur))
            #expect(order.order.amounts.commission == Money(1000, .eur))
            let words = "10 % of 99.99 EUR shipping at the shop's own prices = 10.00 EUR"
            #expect(order.lines.map(\.commissionExplanation).allSatisfy { $0.hasSuffix(words) })
            let trace = try await kernel.traceMoney(of: order.order.id)
            #expect(trace.lines.map(\.explanation).allSatisfy { $0.hasSuffix(words) })
            #expect(trace.unexplained.isZero)
            let report = try await kernel.verifyLedger()
            #expect(report.checks.flatMap(\.culprits).isEmpty)
        }
    }

    @Test func `is not taken of what the market's providers price, unless the rule says so`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let started = try await shop.checkout(try await shop.thing(price: 1000))
            let checkout = try await shop.marketplace.chooseShipping(
                started.id, parcel: 0, option: "parcel", as: shop.buyer)
            let order = try #require(
                try await shop.detail(try await shop.place(checkout)).orders.first)

            #expect(order.order.amounts.shipping.isPositive)
            #expect(order.order.amounts.commission == Money(100, .eur))
        }
    }

    @Test func `is part of what another rule would have taken`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let admin = try await market.given.administrator().id
            let thing = try await shop.thing(price: 1000)
            try await kernel.createShippingProfile(
                ShippingProfileDraft(
                    name: "Dear", handlingDays: 2, sentFrom: "Leipzig", isDefault: true,
                    zones: [
                        ShippingZone(
                            countries: [], currency: .eur, first: 9000, further: 0, daysMin: 1,
                            daysMax: 3)
                    ]), as: thing.seller.member)
            _ = try await shop.place(try await shop.checkout(thing))
            let rule = try await kernel.draftCommissionRule(
                CommissionDraft(
                    CommissionScope(seller: thing.seller.id), rate: PartsPerMillion(percent: 15)),
                as: admin, reason: "a trial")

            let delta = try #require(
                try await kernel.simulateCommission(rule.id, days: 90).sellers.first)

            #expect(delta.charged == 1000)
            #expect(delta.simulated == 1500)
        }
    }
}
