import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Older reviews and things alike` {
    /// A bowl in so many glazes, each bought once and reviewed as `review 1`, `review 2`, ….
    private func reviewed(_ shop: OpenShop, times: Int) async throws -> ID<Listing> {
        let seller = try await shop.market.given.verifiedSeller()
        let bowl = try await shop.marketplace.createListing(
            ListingDraft(
                title: "Bowl", optionNames: ["Glaze"],
                variants: (1...times).map { number in
                    VariantDraft(
                        price: Money(2000, .eur), options: ["\(number)"], onHand: 5, grams: 400)
                }), as: seller.member)
        try await shop.marketplace.publishListing(bowl.listing.id, as: seller.member)
        let (browser, page) = try await shop.guestAtPayment(bowl.variants.map(\.id))
        _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
        let lines = try await shop.market.database.query("select id from order_line order by line")
            .decode { c in try c.next(ID<OrderLine>.self) }
        #expect(lines.count == times)
        for (index, line) in lines.enumerated() {
            try await shop.market.database.execute(
                """
                insert into review (id, order_line_id, listing_id, seller_id, author, stars, body)
                values (\(ID<Review>()), \(line), \(bowl.listing.id), \(seller.id), 'Grace', 5,
                    \("review \(index + 1)."))
                """)
        }
        return bowl.listing.id
    }

    @Test func `a thing's page shows the newest, and leads to all`() async throws {
        try await OpenShop.run { shop in
            let bowl = try await reviewed(shop, times: 12)
            let browser = Browser(shop.app)

            let page = try await browser.get("/listings/\(bowl)")
            let all = try await browser.get("/listings/\(bowl)/reviews?limit=5")

            #expect(page.text.contains("review 12.") && !page.text.contains("review 1."))
            // Its head tells search engines of the first three as well.
            let shown = try #require(page.text.components(separatedBy: "</head>").last)
            #expect(shown.components(separatedBy: "review ").count - 1 == 10)
            #expect(page.text.components(separatedBy: "review ").count - 1 == 13)
            #expect(page.text.contains("href=\"/listings/\(bowl)/reviews\""))
            var seen = 0
            var next: WebAnswer? = all
            for _ in 0..<5 {
                guard let shown = next else { break }
                seen += shown.text.components(separatedBy: "review ").count - 1
                guard let link = shown.text.firstRange(of: "/listings/\(bowl)/reviews?after=")
                else { break }
                let path = shown.text[link.lowerBound...].prefix { $0 != "\"" }
                next = try await browser.get("\(path)&limit=5")
            }
            #expect(seen == 12)
        }
    }

    @Test func `a thing with few reviews, and a maker with few ratings, lead nowhere`() async throws
    {
        try await OpenShop.run { shop in
            let bowl = try await reviewed(shop, times: 2)
            let browser = Browser(shop.app)

            #expect(try await !browser.get("/listings/\(bowl)").text.contains("All reviews"))
            let slug = try #require(
                try await shop.market.database.query("select slug from seller")
                    .decode { c in try c.next(String.self) }.first)
            let none = try await browser.get("/makers/\(slug)/reviews")
            #expect(none.status == 200)
            #expect(none.text.contains("There are none."))
            #expect(try await browser.get("/listings/\(ID<Listing>())/reviews").status == 404)
        }
    }

    @Test func `others of its category are shown, eight at most, and not itself`() async throws {
        try await OpenShop.run { shop in
            let bowls = try await shop.marketplace.createCategory(named: "Bowls", by: nil)
            func bowl(_ number: Int) async throws -> ID<Listing> {
                let seller = try await shop.market.given.verifiedSeller("Maker \(number)")
                let made = try await shop.marketplace.createListing(
                    ListingDraft(
                        title: "Bowl", category: bowls.id,
                        variants: [VariantDraft(price: Money(2000, .eur), onHand: 5, grams: 400)]),
                    as: seller.member)
                try await shop.marketplace.publishListing(made.listing.id, as: seller.member)
                return made.listing.id
            }
            let alone = try await bowl(0)
            let browser = Browser(shop.app)
            #expect(try await !browser.get("/listings/\(alone)").text.contains("More of Bowls"))
            for number in 1...9 { _ = try await bowl(number) }

            // A browser that has looked at nothing.
            let page = try await Browser(shop.app).get("/listings/\(alone)").text
            let start = try #require(page.firstRange(of: "More of Bowls"))
            let grid = page[start.upperBound...].components(separatedBy: "</ul>")[0]

            #expect(grid.components(separatedBy: "class=\"thing\"").count - 1 == 8)
            #expect(!grid.contains("/listings/\(alone)"))
        }
    }
}
