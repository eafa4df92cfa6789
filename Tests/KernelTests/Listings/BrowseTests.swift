import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Browsing and searching` {
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

    @Test func `each order gives every thing once, page by page`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            for (title, price) in [("A", 300), ("B", 100), ("C", 200), ("D", 200), ("E", 900)] {
                _ = try await kernel.publishedListing(
                    title, price: Int64(price), by: seller.member)
            }
            var query = CardQuery()

            #expect(try await all(query, kernel) == ["E", "D", "C", "B", "A"])
            query.sort = .priceUp
            #expect(try await all(query, kernel) == ["B", "C", "D", "A", "E"])
            query.sort = .priceDown
            #expect(try await all(query, kernel) == ["E", "A", "D", "C", "B"])
            query.sort = .rating
            #expect(try await all(query, kernel).count == 5)
            query.priceMin = 200
            query.priceMax = 300
            #expect(try await all(query, kernel) == ["D", "C", "A"])
        }
    }

    @Test func `a category shows what is below it too`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let home = try await kernel.createCategory(named: "Home", by: nil)
            let kitchen = try await kernel.createCategory(named: "Kitchen", under: home.id, by: nil)
            let mugs = try await kernel.createCategory(named: "Mugs", under: kitchen.id, by: nil)
            let toys = try await kernel.createCategory(named: "Toys", by: nil)
            for (title, category) in [
                ("Mug", mugs), ("Pan", kitchen), ("Rug", home), ("Kite", toys),
            ] {
                _ = try await kernel.publishedListing(
                    title, by: seller.member, category: category.id)
            }
            func titles(_ category: Category, _ sort: CardQuery.Sort) async throws -> [String] {
                var query = CardQuery()
                query.category = category
                query.sort = sort
                return try await all(query, kernel)
            }

            for sort in CardQuery.Sort.allCases {
                #expect(try await titles(home, sort).sorted() == ["Mug", "Pan", "Rug"])
                #expect(try await titles(kitchen, sort).sorted() == ["Mug", "Pan"])
                #expect(try await titles(mugs, sort) == ["Mug"])
            }
            await #expect(throws: CategoryRefusal.tooDeep) {
                try await kernel.createCategory(named: "Small", under: mugs.id, by: nil)
            }
            await #expect(throws: CategoryRefusal.slugTaken) {
                try await kernel.createCategory(named: "Toys", by: nil)
            }
        }
    }

    @Test func `a search forgives typing errors and marks`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            for title in ["Ceramic mug", "Walnut board", "Crème brûlée dish", "Ceramic vase"] {
                _ = try await kernel.publishedListing(title, by: seller.member)
            }
            func found(_ text: String) async throws -> [String] {
                var query = CardQuery()
                query.text = text
                query.sort = .relevance
                return try await all(query, kernel).sorted()
            }

            #expect(try await found("ceramic") == ["Ceramic mug", "Ceramic vase"])
            #expect(try await found("cermic mug") == ["Ceramic mug"])
            #expect(try await found("MUGS ceramics") == ["Ceramic mug"])
            #expect(try await found("wallnut") == ["Walnut board"])
            #expect(try await found("creme brulee") == ["Crème brûlée dish"])
            #expect(try await found("the walnut") == ["Walnut board"])
            #expect(try await found("hand").count == 4)
            #expect(try await found("zzzzzz").isEmpty)
            for odd in [
                "'", "\\", "a' & b:*", "!!", "ceramic | (", "%_",
                String(repeating: "x ", count: 99),
            ] {
                _ = try await found(odd)
            }
        }
    }

    @Test func `a word finds what it begins, however many words that are`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let letters = "abcdefghijklmnopqrst"
            for title in ["Phone15 case", "A4 frame", "Мост", "Ox bell"] {
                _ = try await kernel.publishedListing(title, by: seller.member)
            }
            for first in "xyz" {
                let title = letters.map { "tu\(first)\($0)" }.joined(separator: " ")
                _ = try await kernel.publishedListing(title, by: seller.member)
            }
            func found(_ text: String) async throws -> [String] {
                var query = CardQuery()
                query.text = text
                query.sort = .relevance
                return try await all(query, kernel).sorted()
            }

            #expect(try await found("phone") == ["Phone15 case"])
            #expect(try await found("phone1") == ["Phone15 case"])
            #expect(try await found("a4 fram") == ["A4 frame"])
            #expect(try await found("мос") == ["Мост"])
            #expect(try await found("ox") == ["Ox bell"])
            // Twenty words begin so, and then sixty.
            #expect(try await found("tux").count == 1)
            #expect(try await found("tu").count == 3)
            #expect(try await found("tuyc").count == 1)
        }
    }

    @Test func `an order is exact also for a word that is everywhere`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            // Nothing in the order of what comes first says what is cheap, new or liked.
            try await market.database.execute(
                """
                insert into listing (id, seller_id, handle, title, state, currency, price_from,
                    in_stock, rating_sum, rating_count)
                select ('00000000-0000-7000-8000-'
                        || lpad(to_hex((n * 7919) % 1301), 12, '0'))::uuid,
                    \(seller.id)::uuid, 'mug-' || n, 'Mug ' || n, 'published', 'EUR',
                    100 + (n * 31) % 1301, true, 5 * ((n * 17) % 1301), (n * 17) % 1301
                from generate_series(1, 1300) n
                """)
            var query = CardQuery()
            query.text = "mug"
            for sort in CardQuery.Sort.allCases where sort != .relevance {
                query.sort = sort
                var browsed = query
                browsed.text = nil
                let expected = try await all(browsed, kernel, limit: 100)

                #expect(expected.count == 1300)
                #expect(try await all(query, kernel, limit: 100) == expected, "\(sort)")
                query.priceMin = 1200
                let few = try await all(query, kernel, limit: 30)
                #expect(few.count == 201 && Set(few).count == 201)
                query.priceMin = nil
            }
            query.sort = .relevance
            let ranked = try await all(query, kernel, limit: 100)
            #expect(ranked.count == 1000 && Set(ranked).count == 1000)
        }
    }

    @Test func `filters and orders work on a search too`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (one, two) = (
                try await market.given.verifiedSeller("One"),
                try await market.given.verifiedSeller("Two")
            )
            _ = try await kernel.publishedListing("Mug A", price: 300, by: one.member)
            _ = try await kernel.publishedListing("Mug B", price: 100, by: one.member)
            _ = try await kernel.publishedListing("Mug C", price: 200, stock: 0, by: two.member)
            var query = CardQuery()
            query.text = "mug"
            query.sort = .priceUp

            #expect(try await all(query, kernel, limit: 1) == ["Mug B", "Mug C", "Mug A"])
            query.inStockOnly = true
            #expect(try await all(query, kernel) == ["Mug B", "Mug A"])
            query.inStockOnly = false
            query.seller = two.id
            #expect(try await all(query, kernel) == ["Mug C"])
            await #expect(throws: InputRefusal.self) {
                try await kernel.cards(query, PageRequest(after: "nonsense"))
            }
        }
    }
}
