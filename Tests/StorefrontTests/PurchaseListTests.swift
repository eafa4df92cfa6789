import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `The list of one's purchases` {
    @Test func `says what was bought, with pictures, and of many things how many more`()
        async throws
    {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let other = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup <blue>", by: seller)
            try await shop.marketplace.addImage(
                MarketSide.picture, alt: "", to: cup.listing, as: seller.member)
            try await shop.market.worker().drain()
            let browser = Browser(shop.app)
            try await shop.register(browser)
            func buy(_ variants: [ID<Variant>]) async throws {
                let (_, page) = try await shop.guestAtPayment(variants, in: browser)
                _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
            }
            try await buy([cup.variant])
            var many: [ID<Variant>] = []
            for number in 1...5 {
                many.append(
                    try await shop.thing("Bowl \(number)", by: number < 3 ? seller : other).variant)
            }
            try await buy(many)

            let list = try await browser.get("/account").text
            browser.setCookie("guildhall_language", "de")
            let german = try await browser.get("/account").text

            let rows = list.components(separatedBy: "<tr>").dropFirst(2)
            let (newest, oldest) = (try #require(rows.first), try #require(rows.last))
            #expect(oldest.contains("<span>Cup &lt;blue&gt;</span>"))
            #expect(oldest.contains("/media/\(ContentHash(of: MarketSide.picture))/320.jpg"))
            #expect(newest.components(separatedBy: "Bowl ").count - 1 == 3)
            #expect(newest.contains(" and 2 more</span>"))
            #expect(!newest.contains("<img"))
            #expect(german.contains(" und 2 weitere</span>"))
        }
    }
}
