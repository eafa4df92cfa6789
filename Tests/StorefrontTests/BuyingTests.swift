import Kernel
import Storefront
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Buying as a guest, page by page` {
    @Test func `two makers' things in one payment become two orders`() async throws {
        try await OpenShop.run { shop in
            let clay = try await shop.market.given.verifiedSeller("Clay & Kiln")
            let wool = try await shop.market.given.verifiedSeller("Wool <b>")
            let cup = try await shop.thing("Cup", by: clay)
            let scarf = try await shop.thing("Scarf", by: wool, price: 4250)
            let (browser, page) = try await shop.guestAtPayment([cup.variant, scarf.variant])
            let action = try #require(page.checkoutAction)

            let chosen = try await browser.submit(
                page, "\(action)/shipping", ["parcels.0.option": "parcel"])
            let done = try await browser.submit(chosen, "\(action)/purchase")
            let cart = try await browser.get("/cart")

            #expect(page.text.contains("Parcel 1 of 2: Clay &amp; Kiln"))
            #expect(page.text.contains("Wool &lt;b&gt;"))
            #expect(page.text.contains("€\u{a0}62.50"))
            #expect(chosen.text.contains("€\u{a0}4.90"))
            #expect(done.status == 200)
            #expect(done.text.contains("Thank you. Your order is paid."))
            #expect(done.text.contains("being packed"))
            #expect(cart.text.contains("nothing in it yet"))
        }
    }

    @Test func `a declined card says why, and another way can be chosen`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)

            let declined = try await browser.submit(
                page, "\(action)/purchase", ["way": "\(shop.payment) declined"])
            let form = try #require(declined.text.firstRange(of: "action=\"/purchases/"))
            let id = declined.text[form.upperBound...].prefix(36)
            let paid = try await browser.submit(
                declined, "/purchases/\(id)/payments", ["way": "\(shop.payment) card"])

            #expect(declined.text.ranges(of: "Your bank declined the card.").count == 1)
            #expect(paid.text.contains("Your order is paid."))
        }
    }

    @Test func `a guest who comes back to a placed checkout is led to the purchase`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)
            let paid = try await browser.submitOnce(page, "\(action)/purchase")

            let back = try await browser.raw("GET", action)
            let stranger = try await Browser(shop.app).raw("GET", action)

            #expect(back.status == 303)
            #expect(back.header("location") == paid.header("location"))
            #expect(stranger.status == 404)
        }
    }

    @Test func `the bank's page is visited and come back from`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)

            let sent = try await browser.submitOnce(
                page, "\(action)/purchase", ["way": "\(shop.payment) redirect"])
            let url = try #require(sent.header("location"))
            let reference = try #require(url.split(separator: "/").last)
            shop.bank.finish(String(reference))
            let asked = shop.bank.calls
            let purchases = try await shop.market.database.query("select id from purchase")
                .decode { c in try c.next(ID<Purchase>.self) }
            let back = try await browser.get("/purchases/\(try #require(purchases.first))/return")

            #expect(sent.status == 303)
            #expect(asked == ["start"])
            #expect(back.text.contains("Your order is paid."))
        }
    }

    @Test func `a form sent twice orders once`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)

            let one = try await browser.submitOnce(page, "\(action)/purchase")
            let two = try await browser.submitOnce(page, "\(action)/purchase")

            #expect(one.status == 303)
            #expect(two.status == 303)
            #expect(two.header("location") == one.header("location"))
            #expect(two.header("idempotent-replayed") == "true")
            #expect(shop.bank.payments.count == 1)
        }
    }

    @Test func `what sold out meanwhile is shown as such`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller, stock: 1)
            let browser = Browser(shop.app)
            _ = try await browser.get("/sign-in")
            _ = try await shop.put(cup.variant, browser)
            _ = try await shop.guestAtPayment([cup.variant])

            let cart = try await browser.get("/cart")
            let checkout = try await browser.get("/checkout")

            #expect(cart.text.contains("sold out"))
            #expect(!cart.text.contains("href=\"/checkout\""))
            #expect(checkout.text.contains("Your cart"))
        }
    }

    @Test func `a form that lacks something comes back with what was typed`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            _ = try await browser.get("/sign-in")
            _ = try await shop.put(cup.variant, browser)
            var values = OpenShop.address
            values["address.city"] = ""

            let page = try await browser.submit(
                try await browser.get("/checkout"), "/checkout", values)

            #expect(page.status == 422)
            #expect(page.text.contains("City must be filled in."))
            #expect(page.text.contains("value=\"Hauptstraße 5\""))
        }
    }

    @Test func `the guest's cart goes along into the account`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            _ = try await browser.get("/sign-in")
            _ = try await shop.put(cup.variant, browser)

            let welcome = try await browser.submit(
                try await browser.get("/register"), "/register",
                [
                    "name": "Grace", "email": "grace@example.test",
                    "password": "a long sentence of words",
                ])
            let cart = try await browser.get("/cart")

            #expect(welcome.text.contains("Welcome, Grace."))
            #expect(cart.text.contains("Cup"))
        }
    }
}
