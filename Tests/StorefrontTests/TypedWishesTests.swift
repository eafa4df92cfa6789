import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `What is typed at the checkout` {
    private static let message = "Happy birthday, \"Ada\" & all"
    private static let shown = "Happy birthday, &quot;Ada&quot; &amp; all"

    private func atPayment(_ shop: OpenShop) async throws -> (Browser, WebAnswer, String) {
        let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
        let (browser, page) = try await shop.guestAtPayment([cup.variant])
        return (browser, page, try #require(page.checkoutAction))
    }

    @Test func `stays there when the wished day is refused, with the fault at its input`()
        async throws
    {
        try await OpenShop.run { shop in
            let (browser, page, action) = try await atPayment(shop)

            let refused = try await browser.submit(
                page, "\(action)/purchase",
                ["wishes.0.giftMessage": Self.message, "wishes.0.deliverOn": "2001-01-01"])

            #expect(refused.status == 422)
            #expect(refused.text.contains("The day has to come, and within a year."))
            #expect(refused.text.contains(Self.shown))
            #expect(refused.text.contains("value=\"2001-01-01\""))
            let field = try #require(refused.text.firstRange(of: "name=\"wishes.0.deliverOn\""))
            let before = refused.text[..<field.lowerBound].suffix(300)
            #expect(before.contains("id=\"what-is-wrong\""))
            #expect(shop.bank.payments.isEmpty)

            let paid = try await browser.submit(
                refused, "\(action)/purchase",
                ["wishes.0.giftMessage": Self.message, "wishes.0.deliverOn": ""])
            #expect(paid.text.contains("Your order is paid."))
            #expect(paid.text.contains(Self.shown))
        }
    }

    @Test func `is kept when another shipping is chosen first`() async throws {
        try await OpenShop.run { shop in
            let (browser, page, action) = try await atPayment(shop)

            let chosen = try await browser.submit(
                page, "\(action)/shipping",
                ["parcels.0.option": "parcel", "wishes.0.giftMessage": Self.message])

            #expect(chosen.text.contains("Shipping is chosen."))
            #expect(chosen.text.contains(Self.shown))
        }
    }

    @Test func `is kept when the total changed, and the new one is shown before it is paid`()
        async throws
    {
        try await OpenShop.run { shop in
            let (browser, page, action) = try await atPayment(shop)

            let changed = try await browser.submit(
                page, "\(action)/purchase",
                ["amount": "1", "wishes.0.giftMessage": Self.message])

            #expect(changed.text.contains("Look at it and confirm again."))
            #expect(changed.text.contains(Self.shown))
            #expect(shop.bank.payments.isEmpty)
        }
    }

    @Test func `may be a day from tomorrow on, by the market's clock`() async throws {
        try await OpenShop.run { shop in
            try await shop.market.database.execute(
                "update market_clock set shift = shift + interval '3 days'")
            let (_, page, _) = try await atPayment(shop)
            let tomorrow = try #require(
                try await shop.market.database.query(
                    "select ((market_now() at time zone 'UTC')::date + 1)::text"
                ).decode { c in try c.next(String.self) }.first)

            #expect(page.text.contains("min=\"\(tomorrow)\""))
        }
    }
}
