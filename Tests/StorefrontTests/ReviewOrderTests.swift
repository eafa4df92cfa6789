import TestSupport
import Testing
import Vocabulary
import Web

@testable import Kernel

@Suite struct `Reviews of a thing in an order of one's own` {
    /// A bowl that was bought and reviewed with so many stars, one after the other; each says its
    /// place: `said 1.`, `said 2.`, ….
    private func reviewed(_ shop: OpenShop, _ stars: [Int]) async throws -> ID<Listing> {
        let seller = try await shop.market.given.verifiedSeller()
        let bowl = try await shop.marketplace.createListing(
            ListingDraft(
                title: "Bowl", optionNames: ["Glaze"],
                variants: stars.indices.map { number in
                    VariantDraft(
                        price: Money(2000, .eur), options: ["\(number)"], onHand: 5, grams: 400)
                }), as: seller.member)
        try await shop.marketplace.publishListing(bowl.listing.id, as: seller.member)
        let (browser, page) = try await shop.guestAtPayment(bowl.variants.map(\.id))
        _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
        let lines = try await shop.market.database.query("select id from order_line order by line")
            .decode { c in try c.next(ID<OrderLine>.self) }
        for (index, line) in lines.enumerated() {
            // The ids of one millisecond are in no order.
            try await Task.sleep(for: .milliseconds(2))
            try await shop.market.database.execute(
                """
                insert into review (id, order_line_id, listing_id, seller_id, author, stars, body)
                values (\(ID<Review>()), \(line), \(bowl.listing.id), \(seller.id), 'Grace',
                    \(stars[index]), \("said \(index + 1)."))
                """)
        }
        return bowl.listing.id
    }

    /// The places of all reviews as one page after the other tells them, two on each.
    private func read(_ path: String, _ sort: String, _ browser: Browser) async throws -> [Int] {
        var places: [Int] = []
        var next: String? = "\(path)/reviews?\(sort)limit=2"
        for _ in 0..<9 {
            guard let address = next else { break }
            let page = try await browser.get(address)
            #expect(page.status == 200)
            places += page.text.matches(of: /said (\d)\./).compactMap { Int($0.1) }
            next = page.text.firstMatch(of: /href="([^"]*after=[^"]*)"/)
                .map { "\($0.1)&limit=2".replacing("&amp;", with: "&") }
        }
        return places
    }

    @Test func `are the newest, those with the most and with the fewest stars, page by page`()
        async throws
    {
        try await OpenShop.run { shop in
            let bowl = try await reviewed(shop, [4, 5, 1, 5, 4])
            let browser = Browser(shop.app)
            let path = "/listings/\(bowl)"

            #expect(try await read(path, "", browser) == [5, 4, 3, 2, 1])
            #expect(try await read(path, "sort=highest&", browser) == [4, 2, 5, 1, 3])
            #expect(try await read(path, "sort=lowest&", browser) == [3, 5, 1, 4, 2])
            #expect(try await read(path, "sort=pictured&", browser) == [])
            let page = try await browser.get("\(path)/reviews?sort=lowest")
            #expect(page.text.contains("?sort=lowest\" aria-current=\"page\">Fewest stars<"))
            #expect(try await browser.get(path).text.contains("\(path)/reviews\""))
        }
    }

    @Test func `are those with photos alone, until their person has them erased`() async throws {
        try await OpenShop.run { shop in
            let bowl = try await reviewed(shop, [4, 5, 1])
            let browser = Browser(shop.app)
            let grace = try await shop.market.given.account("Grace")
            let hash = ContentHash(of: Array("a photo".utf8))
            let ids = try await shop.market.database.query("select id from review order by id")
                .decode { c in try c.next(ID<Review>.self) }
            try await shop.market.database.execute(
                "update review set account_id = \(grace.id) where id = \(ids[1])")
            try await shop.market.database.execute(
                """
                insert into media (content_hash, media_type, bytes, width, height)
                values (decode(\(hash.description), 'hex'), 'image/png', 9, 4, 3)
                """)
            try await shop.market.database.transaction { tx in
                try await tx.reviewPhotos.insert([hash], to: ids[1])
            }

            let with = try await read("/listings/\(bowl)", "sort=pictured&", browser)
            try await shop.market.database.transaction { tx in
                try await tx.reviewPhotos.erase(of: grace.id)
            }
            let without = try await read("/listings/\(bowl)", "sort=pictured&", browser)

            #expect(with == [2])
            #expect(without == [])
        }
    }

    @Test func `are read by programs in the same orders`() async throws {
        try await OpenShop.run { shop in
            let bowl = try await reviewed(shop, [4, 5, 1])
            let browser = Browser(shop.app)
            let path = "/api/v1/listings/\(bowl)/reviews?sort=highest&limit=2"

            let first = try await browser.send("GET", path).json
            let rest = try await browser.send(
                "GET", "\(path)&after=\(try #require(first?["next"]?.string))"
            ).json

            func stars(_ answer: JSONValue?) -> [JSONValue?] {
                guard case .array(let items)? = answer?["items"] else { return [] }
                return items.map { $0["stars"] }
            }
            #expect(stars(first) == [5, 4])
            #expect(stars(rest) == [1])
            #expect(rest?["next"]?.string == nil)
        }
    }
}
