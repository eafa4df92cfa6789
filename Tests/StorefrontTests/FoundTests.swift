import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `What search engines find` {
    @Test func `a thing says what it is, what it costs and where it belongs`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller("Clay </script> & Kiln")
            let cup = try await shop.thing("Cup <script>", by: maker, price: 2050)
            let gone = try await shop.thing("Bowl", by: maker, stock: 0)
            let browser = Browser(shop.app)

            let page = try await browser.get("/listings/\(cup.listing)").text
            let empty = try await browser.get("/listings/\(gone.listing)").text

            let facts = try Self.structured(page)
            let product = try #require(facts.first { $0["@type"] as? String == "Product" })
            let offer = try #require((product["offers"] as? [[String: Any]])?.first)
            #expect(product["name"] as? String == "Cup <script>")
            #expect(offer["price"] as? String == "20.50")
            #expect(offer["priceCurrency"] as? String == "EUR")
            #expect(offer["availability"] as? String == "https://schema.org/InStock")
            #expect(empty.contains("https://schema.org/OutOfStock"))
            #expect(facts.contains { $0["@type"] as? String == "BreadcrumbList" })
            #expect(page.contains("<link rel=\"canonical\" href=\""))
            #expect(page.contains("/listings/\(cup.listing)\">"))
            #expect(page.contains("<meta property=\"og:type\" content=\"product\">"))
            #expect(!page.contains("noindex"))
        }
    }

    @Test func `a maker says how they are rated, and every page in which language it is`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller("Clay </script> & Kiln")
            let slug = try await shop.marketplace.seller(maker.id).slug
            let browser = Browser(shop.app)
            let unrated = try Self.structured(try await browser.get("/makers/\(slug)").text)
            try await shop.market.database.execute(
                "update seller set rating_sum = 9, rating_count = 2 where id = \(maker.id)")

            let page = try await browser.get("/makers/\(slug)").text
            let facts = try Self.structured(page)
            browser.setCookie("guildhall_language", "fr")
            let french = try await browser.get("/makers/\(slug)").text

            func rating(_ facts: [[String: Any]]) throws -> [String: Any]? {
                let shop = facts.first { $0["@type"] as? String == "Organization" }
                #expect(shop?["name"] as? String == "Clay </script> & Kiln")
                return shop?["aggregateRating"] as? [String: Any]
            }
            #expect(try rating(unrated) == nil)
            #expect(try rating(facts)?["ratingValue"] as? String == "4.5")
            #expect(try rating(facts)?["ratingCount"] as? Int == 2)
            #expect(page.contains("<meta property=\"og:locale\" content=\"en_GB\">"))
            #expect(french.contains("<meta property=\"og:locale\" content=\"fr_FR\">"))
        }
    }

    @Test func `what is somebody's own is not listed`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)

            for path in ["/cart", "/sign-in", "/search?text=cup"] {
                let page = try await browser.get(path).text
                #expect(page.contains("content=\"noindex\""), "\(path)")
            }
        }
    }

    @Test func `the sitemap leads to what is for sale and to nothing else`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: maker)
            let bowl = try await shop.thing("Bowl", by: maker)
            try await shop.marketplace.unpublishListing(bowl.listing, as: maker.member)
            let browser = Browser(shop.app)

            let robots = try await browser.get("/robots.txt").text
            let index = try await browser.get("/sitemap.xml").text
            let file = try #require(
                index.components(separatedBy: "<loc>").last?.components(separatedBy: "<").first)
            let path = try #require(file.range(of: "/sitemap/")).lowerBound
            let things = try await browser.get(String(file[path...])).text

            #expect(robots.contains("/sitemap.xml"))
            #expect(robots.contains("Disallow: /account"))
            #expect(index.contains("/sitemap/categories</loc>"))
            let makers = try await browser.get("/sitemap/makers").text
            #expect(index.contains("/sitemap/makers</loc>"))
            #expect(makers.contains("/makers/shop-\(maker.id.description.suffix(12))</loc>"))
            #expect(things.contains("/listings/\(cup.listing)</loc>"))
            #expect(!things.contains("\(bowl.listing)"))
        }
    }

    @Test func `the sitemap's list of files is made once, however often it is asked for`()
        async throws
    {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)

            let first = try await browser.get("/sitemap.xml")
            _ = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let second = try await browser.get("/sitemap.xml")

            let files = first.text.components(separatedBy: "<loc>").count - 1
            #expect(files == 2, "categories and makers, while nothing is for sale")
            #expect(second.text == first.text)
            for answer in [first, second] {
                #expect(answer.status == 200)
                #expect(answer.header("cache-control") == "public, max-age=3600")
            }
        }
    }

    @Test func `a month of more things than a file may hold has further files`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            var things: [ID<Listing>] = []
            for name in ["Cup", "Bowl", "Jug", "Plate", "Vase"] {
                things.append(try await shop.thing(name, by: maker).listing)
            }
            let month = StatementMonth(of: .systemNow)

            let parts = try await shop.marketplace.sitemapParts(of: month, size: 2)

            #expect(parts == [things[2], things[4]])
            #expect(try await shop.marketplace.sitemapParts(of: month, size: 5).isEmpty)
            #expect(try await shop.marketplace.sitemapParts(of: month, size: 4) == [things[4]])
            var files: [[ID<Listing>]] = []
            for first in [nil] + parts {
                files.append(
                    try await shop.marketplace.listingsForSale(
                        madeIn: month, from: first, size: 2))
            }
            #expect(files == [[things[0], things[1]], [things[2], things[3]], [things[4]]])
            let file = try await Browser(shop.app).get("/sitemap/\(month)/\(things[2])").text
            #expect(!file.contains("\(things[1])"))
            for thing in things[2...] { #expect(file.contains("/listings/\(thing)</loc>")) }
        }
    }

    @Test func `more makers than a file may hold have further files, and a closed shop is in none`()
        async throws
    {
        try await OpenShop.run { shop in
            var makers: [GivenSeller] = []
            for _ in 1...4 { makers.append(try await shop.market.given.verifiedSeller()) }
            try await shop.market.database.execute(
                "update seller set state = 'suspended' where id = \(makers[0].id)")
            let ids = makers.dropFirst().map(\.id).sorted { $0.description < $1.description }

            let parts = try await shop.marketplace.sitemapPartsOfMakers(size: 2)
            let first = try await shop.marketplace.openShops(size: 2)
            let file = try await Browser(shop.app).get("/sitemap/makers/\(ids[2])")

            #expect(parts == [ids[2]])
            #expect(try await shop.marketplace.sitemapPartsOfMakers(size: 3).isEmpty)
            #expect(first.map(\.slug) == ids.prefix(2).map { "shop-\($0.description.suffix(12))" })
            #expect(file.text.components(separatedBy: "<loc>").count - 1 == 1)
            #expect(file.text.contains("/makers/shop-\(ids[2].description.suffix(12))</loc>"))
            #expect(file.header("cache-control") == "public, max-age=3600")
            #expect(try await Browser(shop.app).get("/sitemap/makers/nobody").status == 404)
        }
    }

    @Test func `however many makers there are, a file leads to two thousand, and all files to all`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            try await shop.market.database.execute(
                """
                insert into seller (id, slug, name, country, origin, legal_name, state, hold_days)
                select gen_random_uuid(), 'one-of-many-' || n, name, country, origin, legal_name,
                    state, hold_days
                from seller, generate_series(1, 2000) n where id = \(maker.id)
                """)
            let browser = Browser(shop.app)

            let index = try await browser.get("/sitemap.xml").text
            let files = index.components(separatedBy: "<loc>").dropFirst().compactMap { line in
                let address = line.components(separatedBy: "<")[0]
                return address.range(of: "/sitemap/makers").map { address[$0.lowerBound...] }
            }
            var counts: [Int] = []
            var found: Set<String> = []
            for file in files {
                let shops = try await browser.get(String(file)).text
                    .components(separatedBy: "<loc>").dropFirst()
                counts.append(shops.count)
                found.formUnion(shops)
            }

            #expect(counts == [2000, 1])
            #expect(found.count == 2001)
        }
    }

    private static func structured(_ page: String) throws -> [[String: Any]] {
        try page.components(separatedBy: "<script type=\"application/ld+json\">").dropFirst().map {
            let text = $0.components(separatedBy: "</script>")[0]
            return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        }
    }
}

@Suite struct `Every answer` {
    @Test(arguments: [
        ("GET", "/"), ("GET", "/nowhere"), ("GET", "/account"), ("GET", "/openapi.json"),
        ("GET", "/robots.txt"), ("GET", "/media/x"), ("GET", "/assets/x"), ("POST", "/sign-in"),
        ("GET", "/api/v1/listings"), ("GET", "/api/v1/nowhere"), ("DELETE", "/"),
        ("POST", "/api/v1/cart/lines"),
    ])
    func `tells browsers what they may not do with it`(method: String, path: String) async throws {
        try await OpenShop.run { shop in
            let answer = try await Browser(shop.app).raw(method, path)

            #expect(answer.header("x-content-type-options") == "nosniff")
            #expect(answer.header("x-frame-options") == "DENY")
            #expect(answer.header("referrer-policy") == "same-origin")
            let policy = answer.header("content-security-policy") ?? ""
            let isPage = answer.header("content-type")?.hasPrefix("text/html") == true
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(!isPage || policy.hasPrefix("default-src 'none'; style-src 'self'"))
        }
    }
}
