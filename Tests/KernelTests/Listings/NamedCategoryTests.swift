import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A search for the name of a category` {
    private func all(
        _ query: CardQuery, _ kernel: Marketplace, limit: Int = 2
    ) async throws -> [String] {
        var titles: [String] = []
        var after: String?
        repeat {
            let page = try await kernel.cards(query, PageRequest(after: after, limit: limit))
            titles += page.items.map(\.title)
            after = page.next
        } while after != nil
        return titles
    }

    private func asking(
        _ text: String, _ language: Language, _ sort: CardQuery.Sort = .relevance
    ) -> CardQuery {
        var query = CardQuery()
        query.text = text
        query.language = language
        query.sort = sort
        return query
    }

    @Test func `finds what is in it, behind what has the word itself`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ceramics = try await kernel.createCategory(
                named: "Ceramics", names: CategoryNames(de: "Keramik", fr: "Céramique"), by: nil)
            let plates = try await kernel.createCategory(
                named: "Bowls & Plates",
                names: CategoryNames(de: "Schalen & Teller", fr: "Bols & assiettes"),
                under: ceramics.id, by: nil)
            let seller = try await market.given.verifiedSeller()
            _ = try await market.given.listing("Fish", by: seller, category: plates.id)
            _ = try await market.given.listing("Vase", by: seller, category: ceramics.id)
            _ = try await market.given.listing("Empty", by: seller, stock: 0, category: plates.id)
            _ = try await market.given.listing("Keramik aus Kiel", by: seller)
            _ = try await market.given.listing("Scarf", by: seller)
            func found(_ text: String, _ language: Language) async throws -> [String] {
                try await all(asking(text, language), kernel)
            }

            #expect(
                try await found("Keramik", .german) == [
                    "Keramik aus Kiel", "Vase", "Fish", "Empty",
                ])
            #expect(try await found(" ceramique ", .french) == ["Vase", "Fish", "Empty"])
            #expect(try await found("Teller", .german) == ["Fish", "Empty"])
            #expect(try await found("Scha", .german) == ["Fish", "Empty"])
            #expect(try await found("assiettes", .french) == ["Fish", "Empty"])
            // Another language's names, two letters, and more than a name, say nothing.
            #expect(try await found("Keramik", .english) == ["Keramik aus Kiel"])
            #expect(try await found("Teller", .french).isEmpty)
            #expect(try await found("Te", .german).isEmpty)
            #expect(try await found("Teller Fisch", .german).isEmpty)
        }
    }

    @Test func `is narrowed, counted and paged like any other`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let cups = try await kernel.createCategory(
                named: "Mugs", names: CategoryNames(de: "Becher"), by: nil)
            let seller = try await market.given.verifiedSeller()
            try await market.database.execute(
                """
                insert into listing (id, seller_id, handle, title, state, currency, price_from,
                    in_stock, rating_sum, rating_count, category_id, category_path)
                select ('00000000-0000-7000-8000-'
                        || lpad(to_hex((n * 7919) % 1301), 12, '0'))::uuid,
                    \(seller.id)::uuid, 'mug-' || n,
                    case when n % 3 = 0 then 'Becher ' else 'Mug ' end || n, 'published', 'EUR',
                    100 + (n * 31) % 1301, n % 2 = 0, 5 * ((n * 17) % 1301), (n * 17) % 1301,
                    \(cups.id)::uuid, array[\(cups.id)::uuid]
                from generate_series(1, 1300) n
                """)
            for sort in CardQuery.Sort.allCases where sort != .relevance {
                var browsed = CardQuery()
                browsed.sort = sort
                let expected = try await all(browsed, kernel, limit: 100)

                #expect(expected.count == 1300)
                let query = asking("Becher", .german, sort)
                #expect(try await all(query, kernel, limit: 100) == expected, "\(sort)")
                var narrowed = query
                narrowed.priceMin = 1200
                narrowed.inStockOnly = true
                let few = try await all(narrowed, kernel, limit: 30)
                browsed.priceMin = 1200
                browsed.inStockOnly = true
                #expect(try await all(browsed, kernel, limit: 30) == few, "\(sort)")
            }
            let ranked = try await all(asking("Becher", .german), kernel, limit: 100)
            #expect(ranked.count == 1300 && Set(ranked).count == 1300)
            #expect(ranked.prefix(433).allSatisfy { $0.hasPrefix("Becher") })
            var dear = asking("Becher", .german)
            dear.priceMin = 1200
            let counted = try await kernel.facets(dear)
            #expect(counted.isWhole)
            #expect(counted.categories.map(\.count) == [201])
        }
    }
}
