import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Looking for a price` {
    /// One thing for € 31, and one for ¥ 3,000.
    private func stock(_ shop: OpenShop) async throws -> (euro: String, yen: String) {
        let seller = try await shop.market.given.verifiedSeller()
        let euro = try await shop.market.given.listing(
            "Slab dish", price: Money(3100, .eur), by: seller)
        let yen = try await shop.market.given.listing(
            "Kyoto dish", price: Money(3000, .jpy), by: seller)
        return ("/listings/\(euro.id)", "/listings/\(yen.id)")
    }

    @Test func `a page never takes yens for euros, and says in what its prices are`()
        async throws
    {
        try await OpenShop.run { shop in
            let (euro, yen) = try await stock(shop)
            let browser = Browser(shop.app)
            func page(_ query: String) async throws -> String {
                try await browser.get("/search?text=dish\(query)").text
            }

            let upToForty = try await page("&to=40")
            #expect(upToForty.contains(euro) && !upToForty.contains(yen))
            #expect(upToForty.contains("to €\u{a0}40.00"))
            #expect(upToForty.contains("<p class=\"quiet\">1 thing</p>"))
            let inYen = try await page("&to=4,000&currency=JPY")
            #expect(inYen.contains(yen) && !inYen.contains(euro))
            #expect(inYen.contains("to ¥\u{a0}4,000"))
            #expect(inYen.contains("<option value=\"JPY\" selected>JPY</option>"))
            // What is narrowed further stays in yens.
            #expect(inYen.contains("currency=JPY"))
            let cheapest = try await page("&sort=price-up")
            let dear = try #require(cheapest.firstRange(of: yen)).lowerBound
            #expect(try #require(cheapest.firstRange(of: euro)).lowerBound < dear)
            #expect(cheapest.contains("<p class=\"quiet\">2 things</p>"))
            #expect(cheapest.contains("<option value=\"EUR\" selected>EUR</option>"))
            // A currency that makes no sense is left out like every other part of a question.
            let odd = try await page("&to=40&currency=XXX")
            #expect(odd.contains(euro) && !odd.contains(yen))
        }
    }

    @Test func `a market with one currency offers no choice of it`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            _ = try await shop.market.given.listing("Slab dish", by: seller)

            let page = try await Browser(shop.app).get("/search?text=dish").text

            #expect(!page.contains("name=\"currency\""))
            #expect(page.contains("From €") && page.contains("To €"))
        }
    }

    @Test func `programs ask for prices in a currency`() async throws {
        try await OpenShop.run { shop in
            _ = try await stock(shop)
            let program = Browser(shop.app)
            func titles(_ query: String) async throws -> [String?] {
                let answer = try await program.send("GET", "/api/v1/listings?\(query)")
                guard case .array(let items)? = answer.json?["items"] else { return [] }
                return items.map { $0["title"]?.string }
            }

            #expect(try await titles("priceMax=4000") == ["Slab dish"])
            #expect(try await titles("priceMax=4000&currency=JPY") == ["Kyoto dish"])
            #expect(try await titles("sort=price-up") == ["Slab dish", "Kyoto dish"])
            #expect(
                try await titles("sort=price-up&currency=JPY") == ["Kyoto dish", "Slab dish"])
            let unknown = try await program.send("GET", "/api/v1/listings?currency=XXX")
            #expect(unknown.status == 422)
            let facets = try await program.send("GET", "/api/v1/facets?currency=JPY")
            guard case .array(let bands)? = facets.json?["prices"],
                case .array(let currencies)? = facets.json?["currencies"]
            else {
                Issue.record("no bands in \(facets.text)")
                return
            }
            #expect(bands.map { $0["currency"]?.string } == ["JPY"])
            #expect(bands.first?["priceMin"] == 2501)
            #expect(Set(currencies.map { $0["currency"]?.string }) == ["EUR", "JPY"])
        }
    }
}
