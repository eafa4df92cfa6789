import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `What a customer wishes of a parcel` {
    @Test func `goes to its maker with the order, and to nobody else`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let payment = try await market.given.providers()
            let (clay, wood) = (
                try await market.given.verifiedSeller("Clay"),
                try await market.given.verifiedSeller("Wood")
            )
            let cup = try await market.given.listing("Cup", by: clay)
            let spoon = try await market.given.listing("Spoon", by: wood)
            let ada = try await market.given.account("Ada")
            let buyer = Buyer(account: ada.id)
            let checkout = try await kernel.startCheckout(
                [cup, spoon].map { CheckoutItem(variant: $0.variant, quantity: 1) },
                to: Given.address, email: ada.email, as: buyer)
            let day = Day(containing: try await kernel.marketNow().advanced(days: 9))
            let first = try #require(checkout.parcels.first { $0.seller == clay.id })

            let wished = try await kernel.wish(
                [
                    WantedWishes(
                        parcel: first.number, giftMessage: " Happy\r\nbirthday! ",
                        deliverOn: "\(day)")
                ], of: checkout.id, as: buyer)
            let placed = try await kernel.placePurchase(
                checkout.id, expecting: wished.totals.total,
                paying: PaymentChoice(instance: payment, method: "card") { _ in
                    "http://127.0.0.1/"
                }, as: buyer)

            let orders = try await kernel.findPurchase(placed.purchase.id, as: buyer).orders
            for detail in orders {
                let member = detail.order.seller == clay.id ? clay.member : wood.member
                let seen = try await kernel.findOrder(detail.order.id, as: member)
                #expect(
                    seen.wishes
                        == (detail.order.seller == clay.id
                            ? ParcelWishes(giftMessage: "Happy\nbirthday!", deliverOn: day)
                            : ParcelWishes()))
            }
            await #expect(throws: CheckoutRefusal.self) {
                try await kernel.wish(
                    [
                        WantedWishes(
                            parcel: first.number, giftMessage: "Too late", deliverOn: nil)
                    ], of: checkout.id, as: buyer)
            }
        }
    }

    @Test func `is a day to come, and words that can be read`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            _ = try await market.given.providers()
            let cup = try await market.given.listing(
                "Cup", by: try await market.given.verifiedSeller())
            let buyer = Buyer(guestToken: "somebody")
            let checkout = try await kernel.startCheckout(
                [CheckoutItem(variant: cup.variant, quantity: 1)], to: Given.address,
                email: "grace@example.test", as: buyer)
            let now = try await kernel.marketNow()
            func refused(_ message: String?, _ day: String?, as who: Buyer) async -> String? {
                do {
                    try await kernel.wish(
                        [WantedWishes(parcel: 0, giftMessage: message, deliverOn: day)],
                        of: checkout.id, as: who)
                    return nil
                } catch let refusal as InputRefusal {
                    return refusal.field
                } catch { return "\(error)" }
            }

            let past = "\(Day(containing: now))"
            let far = "\(Day(containing: now.advanced(days: 400)))"
            for day in ["soon", past, far, "2026-02-30"] {
                #expect(await refused(nil, day, as: buyer) == "deliverOn", "\(day)")
            }
            #expect(await refused("bell \u{7}", nil, as: buyer) == "giftMessage")
            #expect(
                await refused(String(repeating: "x", count: 501), nil, as: buyer)
                    == "giftMessage")
            #expect(await refused("", " ", as: buyer) == nil)
            #expect(await refused("Hi", nil, as: Buyer(guestToken: "other")) == "missing")
        }
    }
}
