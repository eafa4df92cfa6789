import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `What is said of a maker in an order of one's own` {
    /// A maker rated with so many stars, one after the other; each says its place: `said 1.`, ….
    private func rated(_ shop: OpenShop, _ stars: [Int]) async throws -> (ID<Seller>, String) {
        let seller = try await shop.market.given.verifiedSeller()
        let cup = try await shop.thing("Cup", by: seller, stock: stars.count)
        for (index, count) in stars.enumerated() {
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
            try await shop.market.database.execute(
                """
                insert into seller_rating (id, order_id, seller_id, author, stars, body)
                select \(ID<SellerRating>()), id, seller_id, 'Grace', \(count),
                    \("said \(index + 1).")
                from orders order by id desc limit 1
                """)
        }
        return (seller.id, "/makers/\(try await shop.marketplace.seller(seller.id).slug)")
    }

    private func places(_ page: WebAnswer) -> [Int] {
        page.text.matches(of: /said (\d)\./).compactMap { Int($0.1) }
    }

    /// The places of all as one page after the other tells them, two on each.
    private func read(_ path: String, _ sort: String, _ browser: Browser) async throws -> [Int] {
        var places: [Int] = []
        var next: String? = "\(path)/reviews?\(sort)limit=2"
        for _ in 0..<9 {
            guard let address = next else { break }
            let page = try await browser.get(address)
            #expect(page.status == 200)
            places += self.places(page)
            next = page.text.firstMatch(of: /href="([^"]*after=[^"]*)"/)
                .map { "\($0.1)&limit=2".replacing("&amp;", with: "&") }
        }
        return places
    }

    @Test func `is the newest, or what has the most or the fewest stars, page by page`()
        async throws
    {
        try await OpenShop.run { shop in
            let (_, path) = try await rated(shop, [4, 5, 1, 5, 4])
            let browser = Browser(shop.app)

            #expect(try await read(path, "", browser) == [5, 4, 3, 2, 1])
            #expect(try await read(path, "sort=highest&", browser) == [4, 2, 5, 1, 3])
            #expect(try await read(path, "sort=lowest&", browser) == [3, 5, 1, 4, 2])
            let page = try await browser.get("\(path)/reviews?sort=lowest")
            #expect(page.text.contains("?sort=lowest\" aria-current=\"page\">Fewest stars<"))
            #expect(!page.text.contains("With photos"), "nobody photographs a maker")
            #expect(try await browser.get("\(path)/reviews?sort=pictured").status == 422)
        }
    }

    @Test func `leaves out what is hidden, and is led to from the page of a maker with many`()
        async throws
    {
        try await OpenShop.run { shop in
            let (maker, path) = try await rated(shop, [4, 5, 1, 3, 2])
            let browser = Browser(shop.app)
            let many = try await browser.get(path)
            try await shop.market.database.execute(
                "update seller_rating set state = 'hidden' where seller_id = \(maker) and stars > 3"
            )
            let few = try await browser.get(path)

            #expect(try await read(path, "sort=highest&", browser) == [4, 5, 3])
            #expect(try await read(path, "sort=lowest&", browser) == [3, 5, 4])
            #expect(many.text.contains("href=\"\(path)/reviews\""))
            #expect(!few.text.contains("href=\"\(path)/reviews\""))
        }
    }

    @Test func `is read by programs in the same orders`() async throws {
        try await OpenShop.run { shop in
            let (_, path) = try await rated(shop, [4, 5, 1])
            let browser = Browser(shop.app)
            let api = "/api/v1/sellers/\(path.dropFirst("/makers/".count))/ratings"

            let first = try await browser.send("GET", "\(api)?sort=highest&limit=2").json
            let rest = try await browser.send(
                "GET",
                "\(api)?sort=highest&limit=2&after=\(try #require(first?["next"]?.string))"
            ).json

            func stars(_ answer: JSONValue?) -> [JSONValue?] {
                guard case .array(let items)? = answer?["items"] else { return [] }
                return items.map { $0["stars"] }
            }
            #expect(stars(first) == [5, 4])
            #expect(stars(rest) == [1])
            #expect(rest?["next"]?.string == nil)
            #expect(try await browser.send("GET", "/api/v1/sellers/nobody/ratings").status == 404)
        }
    }
}
