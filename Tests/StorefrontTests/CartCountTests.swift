import Kernel
import TestSupport
import Testing
import Web

@Suite struct `The number beside the cart` {
    @Test func `is how many pieces are in it, on every page and in the reader's language`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, other) = (Browser(shop.app), Browser(shop.app))
            let page = try await browser.get("/listings/\(cup.listing)")
            #expect(page.text.contains(">Cart</a>"))

            _ = try await browser.submit(page, "/cart/lines", ["quantity": "3"])

            #expect(try await browser.get("/").text.contains(">Cart (3)</a>"))
            let german = try await browser.raw("GET", "/", headers: [("accept-language", "de")])
            #expect(german.text.contains(">Warenkorb (3)</a>"))
            #expect(try await other.get("/").text.contains(">Cart</a>"))
        }
    }
}
