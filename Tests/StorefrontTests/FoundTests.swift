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
            let file = try await Browser(shop.app).get("/sitemap/\(month)/\(things[2])").text
            #expect(!file.contains("\(things[1])"))
            for thing in things[2...] { #expect(file.contains("/listings/\(thing)</loc>")) }
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
