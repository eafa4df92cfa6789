import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// Of most handmade things there is one. Whoever has it at their checkout has it.
@Suite struct `The last piece, held at one's own checkout` {
    private func held(
        _ shop: OpenShop, in browser: Browser? = nil
    ) async throws -> (browser: Browser, action: String, seller: GivenSeller, vase: ID<Listing>) {
        let seller = try await shop.market.given.verifiedSeller()
        let vase = try await shop.thing("Vase", by: seller, stock: 1)
        let (browser, page) = try await shop.guestAtPayment([vase.variant], in: browser)
        return (browser, try #require(page.checkoutAction), seller, vase.listing)
    }

    @Test(arguments: [false, true])
    func `is not sold out in one's own cart, where more may be put beside it`(
        isSignedIn: Bool
    ) async throws {
        try await OpenShop.run { shop in
            let buyer = Browser(shop.app)
            if isSignedIn { try await shop.register(buyer, "\(ID<Account>())@example.test") }
            let (browser, _, seller, _) = try await held(shop, in: buyer)
            let saucer = try await shop.thing("Saucer", by: seller)

            let cart = try await browser.get("/cart")
            let both = try await shop.put(saucer.variant, browser)
            let page = try await browser.get("/checkout")
            let paid = try await browser.submit(
                page, "/checkout", ["pays": "true"], holding: "things")

            for cart in [cart, both] {
                #expect(!cart.text.contains("sold out"))
                #expect(cart.text.contains("href=\"/checkout\""))
            }
            #expect(page.text.contains("Order and pay €\u{a0}40.00"))
            #expect(paid.text.contains("Your order is paid."))
            #expect(paid.text.contains("Vase") && paid.text.contains("Saucer"))
        }
    }

    @Test func `is sold out for everybody else, as its page says to both`() async throws {
        try await OpenShop.run { shop in
            let (browser, action, _, vase) = try await held(shop)
            let other = Browser(shop.app)
            _ = try await other.get("/sign-in")

            let own = try await browser.get("/listings/\(vase)")
            let theirs = try await other.get("/listings/\(vase)")

            #expect(own.text.contains("It is held for you"))
            #expect(own.text.contains("Sold out for everybody else."))
            #expect(theirs.text.contains("Sold out at the moment."))
            #expect(!theirs.text.contains("held for you"))
            #expect(try await browser.raw("GET", "/checkout").header("location") == action)
        }
    }

    @Test func `can be taken out of the cart and put into it again`() async throws {
        try await OpenShop.run { shop in
            let (browser, _, _, vase) = try await held(shop)
            let page = try await browser.get("/cart")
            let line = try #require(
                page.text.firstMatch(of: /action="(\/cart\/lines\/[^"]*)"/).map { String($0.1) })
            let empty = try await browser.submit(page, line, ["quantity": "0"], holding: "quantity")
            #expect(empty.text.contains("nothing in it yet"))

            let variant = String(line.dropFirst("/cart/lines/".count))
            let again = try await browser.send(
                "POST", "/api/v1/cart/lines", ["variantId": .string(variant), "quantity": 1])
            #expect(again.status < 300)
            let cart = try await browser.get("/cart")
            #expect(cart.text.contains("Vase") && cart.text.contains("href=\"/checkout\""))
            // More than there is stays more than there is.
            let more = try await browser.submit(cart, line, ["quantity": "2"])
            #expect(more.text.contains("Only one of this is left."))
            #expect(!more.text.contains("href=\"/checkout\""))
            _ = vase
        }
    }
}
