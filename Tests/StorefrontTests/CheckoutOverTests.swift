import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// Somebody went to look for their card, and came back too late.
@Suite struct `A checkout of which the time is over` {
    private func expire(_ shop: OpenShop) async throws {
        try await shop.market.database.execute(
            "update checkout set expires_at = market_now() - interval '1 second'")
    }

    /// A guest at a checkout that is held, where a parcel was chosen and words were kept.
    private func held(
        _ shop: OpenShop, stock: Int = 5
    ) async throws -> (browser: Browser, page: WebAnswer, action: String, cup: ID<Variant>) {
        let cup = try await shop.thing(
            "Cup", by: try await shop.market.given.verifiedSeller(), stock: stock)
        let (browser, page) = try await shop.guestAtPayment([cup.variant])
        let action = try #require(page.checkoutAction)
        let chosen = try await browser.submit(
            page, "\(action)/shipping",
            ["parcels.0.option": "parcel", "wishes.0.giftMessage": "For Ada"])
        return (browser, chosen, action, cup.variant)
    }

    private func isAllThere(_ page: WebAnswer) -> Bool {
        page.text.contains("value=\"Hauptstraße 5\"") && page.text.contains("value=\"50667\"")
            && page.text.contains("value=\"grace@example.test\"")
            && page.text.contains("value=\"parcel\" checked")
            && page.text.contains(">For Ada</textarea>")
            && page.text.contains("Order and pay €\u{a0}24.90")
    }

    @Test func `leads to one with all that was typed, which one click orders`() async throws {
        try await OpenShop.run { shop in
            let (browser, _, action, _) = try await held(shop)
            try await expire(shop)

            let page = try await browser.get(action)
            let paid = try await browser.submit(page, "/checkout", ["pays": "true"])

            #expect(page.text.contains("The time of your checkout was over"))
            #expect(isAllThere(page))
            #expect(paid.text.contains("Thank you. Your order is paid."))
            #expect(paid.text.contains("“For Ada”"))
        }
    }

    @Test func `takes nothing of what is typed when its button is pressed, and charges nobody`()
        async throws
    {
        try await OpenShop.run { shop in
            let (browser, held, action, _) = try await held(shop)
            try await expire(shop)

            let page = try await browser.submit(
                held, "\(action)/purchase",
                ["wishes.0.giftMessage": "For Grace", "way": "\(shop.payment) redirect"])

            #expect(page.status == 409)
            #expect(page.text.contains("The time of this checkout is over."))
            #expect(page.text.contains(">For Grace</textarea>"))
            #expect(page.text.contains("value=\"\(shop.payment) redirect\" checked"))
            #expect(page.text.contains("value=\"Hauptstraße 5\""))
            #expect(page.text.contains("Order and pay €\u{a0}24.90"))
            #expect(shop.bank.payments.isEmpty)
            let sent = try await browser.submitOnce(page, "/checkout", ["pays": "true"])
            #expect(sent.header("location")?.hasPrefix("http") == true)
            #expect(shop.bank.payments.count == 1)
        }
    }

    @Test func `is not typed again by whoever goes Back in time, either`() async throws {
        try await OpenShop.run { shop in
            let (browser, _, _, _) = try await held(shop)
            #expect(isAllThere(try await browser.get("/checkout")))
            // In the cart as well, where they may be changed.
            let cart = try await browser.get("/cart")
            #expect(cart.text.contains(">For Ada</textarea>"))
        }
    }

    @Test func `of what sold out meanwhile leads to the cart, which says so`() async throws {
        try await OpenShop.run { shop in
            let (browser, _, action, cup) = try await held(shop, stock: 1)
            try await expire(shop)
            _ = try await shop.marketplace.expireCheckouts()
            let (other, page) = try await shop.guestAtPayment([cup])
            _ = try await other.submit(page, "\(try #require(page.checkoutAction))/purchase")

            let after = try await browser.get(action)

            #expect(after.text.contains("The time of your checkout was over"))
            #expect(after.text.contains("Your cart"))
            #expect(!after.text.contains("Go to checkout"))
        }
    }

    @Test func `goes where it went, also when that is not one's usual address`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let saved = [
                "address.name": "Grace", "address.lines": "Am Brunnen 1",
                "address.postalCode": "10115", "address.city": "Berlin", "address.country": "DE",
            ]
            _ = try await browser.submit(
                try await browser.get("/account/addresses"), "/account/addresses", saved)
            _ = try await shop.put(cup.variant, browser)
            let held = try await browser.submit(
                try await browser.get("/checkout"), "/checkout", holding: "things")
            let action = try #require(held.checkoutAction)
            #expect(held.text.contains("Am Brunnen 1"))
            _ = try await browser.submit(
                held, "\(action)/address", OpenShop.address, holding: "email")
            try await expire(shop)

            let page = try await browser.get(action)

            #expect(page.text.contains("value=\"Hauptstraße 5\""))
            #expect(!page.text.contains("name=\"addressId\""))
            let paid = try await browser.submit(
                page, "/checkout", ["pays": "true"], holding: "things")
            #expect(paid.text.contains("Hauptstraße 5"))
        }
    }
}
