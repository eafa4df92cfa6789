import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `What was not paid in time, or cancelled` {
    @Test func `says why, and goes into the cart again as far as it can be had`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let bowl = try await shop.thing("Bowl", by: seller)
            let (browser, page) = try await shop.guestAtPayment([cup.variant, bowl.variant])
            _ = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase",
                ["way": "\(shop.payment) declined"])
            let path = "/purchases/\(try await shop.lastPurchase())"
            let open = try await browser.get(path)
            try await shop.market.database.execute(
                "update purchase set expires_at = market_now() - interval '1 minute'")
            _ = try await shop.marketplace.expirePurchases()
            try await shop.marketplace.archiveListing(bowl.listing, as: seller.member)

            let over = try await browser.get(path)
            let cart = try await browser.submit(over, "\(path)/cart")

            #expect(!open.text.contains("Put it in the cart again"))
            #expect(over.text.contains("It was not paid in time"))
            #expect(cart.text.contains("What can still be had is in your cart again."))
            #expect(cart.text.contains("/listings/\(cup.listing)"))
            #expect(!cart.text.contains("/listings/\(bowl.listing)"))
        }
    }

    @Test func `is the buyer's, and nothing of what was not cancelled`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let id = try await shop.lastPurchase()
            let path = "/api/v1/purchases/\(id)/cart"

            let paid = try await browser.send("POST", path)
            let stranger = try await Browser(shop.app).send("POST", path)
            let bought = try await browser.get("/purchases/\(id)")
            let order = try #require(
                try await shop.market.database.query("select id from orders")
                    .decode { c in try c.next(ID<Order>.self) }.first)
            let cancelled = try await browser.submit(
                bought, "/orders/\(order)/cancellation", ["reason": "Too blue"])
            let again = try await browser.submit(cancelled, "/purchases/\(id)/cart")

            #expect(paid.status == 409)
            #expect(stranger.status == 404)
            #expect(cancelled.text.contains("with these words: “Too blue”"))
            #expect(again.text.contains("It is in your cart again."))
            #expect(again.text.contains("/listings/\(cup.listing)"))
        }
    }
}
