import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// The cart is not in the database: nothing there tells that it took a thing before the process
/// died that should have said so.
@Suite struct `A thing that is put into the cart again under its key` {
    /// As if each process had died that was about to keep an answer.
    private func loseAnswers(_ shop: OpenShop) async throws {
        let lost = try await shop.market.database.execute(
            """
            update idempotency_key set state = 'started', status = null, content_type = null,
                location = null, body = null, locked_until = now() - interval '1 second'
            """)
        #expect(lost == 1)
    }

    private func put(
        _ variant: ID<Variant>, _ key: String, _ browser: Browser
    ) async throws -> WebAnswer {
        try await browser.send(
            "POST", "/api/v1/cart/lines", ["variantId": .string("\(variant)"), "quantity": 2],
            headers: [("idempotency-key", key)])
    }

    /// How many of each thing the cart holds, as an answer says.
    private func quantities(_ cart: WebAnswer) -> [String] {
        cart.text.matches(of: /"quantity":([0-9]+)/).map { String($0.1) }
    }

    private func quantities(_ browser: Browser) async throws -> [String] {
        quantities(try await browser.send("GET", "/api/v1/cart"))
    }

    @Test func `is added once when the first answer was lost, and again for another key`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            _ = try await browser.get("/cart")

            let first = try await put(cup.variant, "k1", browser)
            try await loseAnswers(shop)
            let repeated = try await put(cup.variant, "k1", browser)

            #expect([first.status, repeated.status] == [201, 201])
            #expect(repeated.header("idempotent-replayed") == nil)
            #expect(quantities(repeated) == ["2"])
            #expect(quantities(try await put(cup.variant, "k2", browser)) == ["4"])
        }
    }

    @Test func `is there though it has gone meanwhile`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let browser = Browser(shop.app)
            _ = try await browser.get("/cart")
            _ = try await put(cup.variant, "k1", browser)
            try await loseAnswers(shop)
            try await shop.marketplace.archiveListing(cup.listing, as: seller.member)

            let repeated = try await put(cup.variant, "k1", browser)
            let other = try await put(cup.variant, "k2", browser)

            #expect(repeated.status == 201)
            #expect(repeated.text.contains("\"state\":\"away\""))
            #expect(other.status == 409)
            #expect(try await quantities(browser) == ["2"])
        }
    }

    @Test func `through its page is added once, and once more from the next page`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            let page = try await browser.get("/listings/\(cup.listing)")

            _ = try await browser.submit(page, "/cart/lines", ["quantity": "3"])
            try await loseAnswers(shop)
            let cart = try await browser.submit(page, "/cart/lines", ["quantity": "3"])
            #expect(cart.text.contains("It is in your cart."))
            #expect(try await quantities(browser) == ["3"])

            _ = try await browser.submit(
                try await browser.get("/listings/\(cup.listing)"), "/cart/lines")
            #expect(try await quantities(browser) == ["4"])
        }
    }

    @Test func `is added once where a fault after that gave the key back`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let token = try await shop.token(try await shop.market.given.account())
            let program = Browser(shop.app)
            func add() async throws -> WebAnswer {
                try await program.send(
                    "POST", "/api/v1/cart/lines",
                    ["variantId": .string("\(cup.variant)"), "quantity": 1], token: token,
                    headers: [("idempotency-key", "k1")])
            }

            let first = try await add()
            try await shop.market.database.execute("delete from idempotency_key")
            let repeated = try await add()

            #expect([first.status, repeated.status] == [201, 201])
            #expect(quantities(repeated) == ["1"])
        }
    }

    @Test func `is added once with everything else that was cancelled`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let bowl = try await shop.thing("Bowl", by: seller)
            let (browser, page) = try await shop.guestAtPayment([cup.variant, bowl.variant])
            _ = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase",
                ["way": "\(shop.payment) declined"])
            let path = "/api/v1/purchases/\(try await shop.lastPurchase())/cart"
            try await shop.market.database.execute(
                "update purchase set expires_at = market_now() - interval '1 minute'")
            _ = try await shop.marketplace.expirePurchases()
            try await shop.market.database.execute("delete from idempotency_key")

            let key = [("idempotency-key", "k1")]
            let first = try await browser.send("POST", path, headers: key)
            try await loseAnswers(shop)
            // What can be had of it is not what it was.
            try await shop.marketplace.archiveListing(bowl.listing, as: seller.member)
            let repeated = try await browser.send("POST", path, headers: key)

            #expect([first.status, repeated.status] == [200, 200])
            #expect(quantities(first) == ["1", "1"])
            #expect(quantities(repeated) == ["1", "1"])
        }
    }
}
