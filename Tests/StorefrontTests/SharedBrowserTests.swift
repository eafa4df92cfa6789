import Kernel
import Storefront
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A browser that several people use` {
    private static let cookie = "guildhall_customer_browser"

    @Test func `shows nobody what somebody bought who was signed in`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let (_, page) = try await shop.guestAtPayment([cup.variant], in: browser)
            let name = browser.cookie(Self.cookie)
            _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let path = "/purchases/\(try await shop.lastPurchase())"
            #expect(try await browser.get(path).status == 200)

            _ = try await browser.submit(try await browser.get("/"), "/sign-out")
            #expect(try await browser.get(path).status == 404)
            #expect(browser.cookie(Self.cookie) != name)
            // Even the browser's old name opens nothing.
            browser.setCookie(Self.cookie, name)
            #expect(try await browser.get(path).status == 404)
        }
    }

    @Test func `keeps lists for the Back button, and no page of somebody who is signed in`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            let lists = ["/", "/search?text=cup"]
            for path in lists {
                #expect(try await browser.get(path).header("cache-control") == "private, no-cache")
            }
            // Their forms are for one time.
            for path in ["/listings/\(cup.listing)", "/cart"] {
                #expect(try await browser.get(path).header("cache-control") == "no-store")
            }

            try await shop.register(browser)

            for path in lists {
                #expect(try await browser.get(path).header("cache-control") == "no-store")
            }
            // What is said once is not said again by going back.
            let left = try await browser.submit(try await browser.get("/"), "/sign-out")
            #expect(left.text.contains("You are signed out."))
            #expect(left.header("cache-control") == "no-store")
            #expect(try await browser.get("/").header("cache-control") == "private, no-cache")
        }
    }

    @Test func `keeps a guest's purchase for the guest, until somebody signs out`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let path = "/purchases/\(try await shop.lastPurchase())"

            #expect(try await browser.get(path).status == 200)
            try await shop.register(browser)
            #expect(try await browser.get(path).status == 200)
            _ = try await browser.submit(try await browser.get("/"), "/sign-out")
            #expect(try await browser.get(path).status == 404)
        }
    }

    @Test func `what a guest was about to pay for becomes the account's`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)
            try await shop.register(browser)

            let payment = try await browser.get(action)
            let done = try await browser.submit(payment, "\(action)/purchase")
            let path = "/purchases/\(try await shop.lastPurchase())"

            #expect(done.text.contains("Your order is paid."))
            browser.setCookie(Self.cookie, nil)
            #expect(try await browser.get(path).status == 200)
        }
    }
}
