import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A form that is sent twice at once` {
    @Test func `puts a thing into the cart once, and once more for whoever comes back`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            let page = try await browser.get("/listings/\(cup.listing)")

            async let one = browser.submit(page, "/cart/lines")
            async let two = browser.submit(page, "/cart/lines")
            let answers = [try await one, try await two]
            let cart = try await browser.send("GET", "/api/v1/cart")
            let next = try await browser.get("/listings/\(cup.listing)")
            _ = try await browser.submit(next, "/cart/lines")
            let later = try await browser.send("GET", "/api/v1/cart")

            #expect(answers.map(\.status) == [200, 200])
            #expect(cart.text.contains("\"quantity\":1"))
            #expect(later.text.contains("\"quantity\":2"))
        }
    }

    @Test func `buys once, and leads both clicks to the same purchase`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = "\(try #require(page.checkoutAction))/purchase"

            async let one = browser.submitOnce(page, action)
            async let two = browser.submitOnce(page, action)
            let answers = [try await one, try await two]

            let purchase = Optional("/purchases/\(try await shop.lastPurchase())")
            #expect(answers.map(\.status) == [303, 303])
            #expect(answers.map { $0.header("location") } == [purchase, purchase])
            let made = try await shop.market.database.query("select id from purchase")
                .decode { c in try c.next(ID<Purchase>.self) }
            #expect(made.count == 1)
        }
    }
}
