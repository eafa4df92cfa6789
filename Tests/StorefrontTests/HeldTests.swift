import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `How long things are held` {
    private func held(
        _ time: String, _ shop: OpenShop, _ browser: Browser, _ path: String
    ) async throws -> String {
        try await shop.market.database.execute(
            "update checkout set expires_at = market_now() + \(time)::text::interval")
        return try await browser.get(path).text
    }

    @Test func `is said in minutes at the checkout, whatever the time is where somebody is`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let path = try #require(page.checkoutAction)

            let english = try await held("14 minutes 30 seconds", shop, browser, path)
            #expect(
                english.contains(
                    "is held for you for 14 minutes more, until <time datetime=\"20"))
            #expect(english.contains("Z\" data-clock=\"hour\">"))
            let last = try await held("50 seconds", shop, browser, path)
            #expect(last.contains("is held for you for less than a minute more, until "))
            browser.setCookie("guildhall_language", "de")
            let german = try await held("14 minutes 30 seconds", shop, browser, path)
            #expect(german.contains("Alles hier ist noch 14 Minuten für Sie reserviert, bis <time"))
            browser.setCookie("guildhall_language", "fr")
            let french = try await held("1 minute 30 seconds", shop, browser, path)
            #expect(french.contains("vous est réservé pendant encore 1 minute, jusqu’à <time"))
        }
    }

    @Test func `and when something happened to a purchase, for scripts to tell in one's own time`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)

            let done = try await browser.submit(page, "\(action)/purchase")

            #expect(done.text.contains("Placed <time datetime=\"20"))
            #expect(done.text.contains("<span class=\"quiet\"><time datetime=\"20"))
            #expect(!done.text.contains("&lt;time"))
        }
    }
}
