import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Narrowing a list down` {
    @Test func `every count is how many things the narrowed list has`() async throws {
        try await TestMarketplace.run { market in
            let clay = try await market.given.verifiedSeller("Clay")
            let wool = try await market.given.verifiedSeller("Wool")
            for (price, stock) in [(500, 1), (2500, 0), (2501, 3), (5000, 2), (20_000, 1)] {
                _ = try await market.given.listing(
                    "Bowl", price: Money(Int64(price), .eur), by: clay, stock: stock)
            }
            _ = try await market.given.listing("Blue bowl", by: wool)
            _ = try await market.given.listing("Scarf", by: wool)

            for text in [nil, "bowl", "bowll"] {
                var query = CardQuery()
                query.text = text
                let facets = try await market.marketplace.facets(query)

                #expect(facets.isWhole)
                for band in facets.bands {
                    var narrowed = query
                    narrowed.priceMin = band.least
                    narrowed.priceMax = band.most
                    #expect(try await count(narrowed, market) == band.count)
                }
                for maker in facets.makers {
                    var narrowed = query
                    narrowed.seller = try await market.marketplace.shop(slug: maker.slug).id
                    #expect(try await count(narrowed, market) == maker.count)
                }
                query.inStockOnly = true
                #expect(try await count(query, market) == facets.inStock)
            }
            let all = try await market.marketplace.facets(CardQuery())
            #expect(all.bands.map(\.count) == [4, 2, 1])
            #expect(all.makers.map(\.count) == [5, 2])
            #expect(all.inStock == 6)
        }
    }

    @Test func `kinds and words of makers count what the narrowed list has`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            for (title, kind, tags) in [
                ("Cup", "Mug", ["blue", "gift"]), ("Jug", "Mug", ["blue"]), ("Tile", "", ["gift"]),
            ] {
                let made = try await kernel.createListing(
                    ListingDraft(
                        title: title, productType: kind, tags: tags,
                        variants: [VariantDraft(price: Money(900, .eur), onHand: 1)]),
                    as: seller.member)
                try await kernel.publishListing(made.listing.id, as: seller.member)
            }

            let facets = try await kernel.facets(CardQuery())
            #expect(facets.kinds == [.init(word: "Mug", count: 2)])
            #expect(Set(facets.tags.map(\.word)) == ["blue", "gift"])
            for tag in facets.tags {
                var narrowed = CardQuery()
                narrowed.tag = tag.word
                #expect(try await count(narrowed, market) == tag.count)
                narrowed.kind = "Mug"
                #expect(try await count(narrowed, market) == (tag.word == "blue" ? 2 : 1))
            }
        }
    }

    @Test func `a category counts what is below it, and drafts are in no count`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let root = try await market.marketplace.createCategory(named: "Ceramics", by: nil)
            let cups = try await market.marketplace.createCategory(
                named: "Cups", under: root.id, by: nil)
            _ = try await market.given.listing("Cup", by: seller, category: cups.id)
            _ = try await market.given.listing("Tile", by: seller, category: root.id)
            let draft = try await market.given.listing("Mug", by: seller, category: cups.id)
            try await market.marketplace.unpublishListing(draft.id, as: seller.member)

            let facets = try await market.marketplace.facets(CardQuery())

            let counts = Dictionary(
                uniqueKeysWithValues: facets.categories.map { ($0.category, $0.count) })
            #expect(counts == [root.id: 2, cups.id: 1])
        }
    }

    private func count(_ query: CardQuery, _ market: TestMarketplace) async throws -> Int {
        try await market.marketplace.cards(query, PageRequest(limit: 100)).items.count
    }
}

@Suite struct `What was bought together` {
    @Test func `comes from purchases that were paid, the most frequent first`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            let cup = try await shop.thing(by: seller, title: "Cup")
            let saucer = try await shop.thing(by: seller, title: "Saucer")
            let carver = try await market.given.verifiedSeller()
            let spoon = try await shop.thing(by: carver, title: "Spoon")
            let lonely = try await shop.thing(by: carver, title: "Lonely")
            _ = try await shop.bought(cup, saucer)
            _ = try await shop.bought(cup, saucer, spoon)
            _ = try await shop.bought(lonely)

            let together = try await shop.marketplace.boughtTogether(with: cup.listing)

            #expect(together.map(\.id) == [saucer.listing, spoon.listing])
            #expect(try await shop.marketplace.boughtTogether(with: lonely.listing).isEmpty)
        }
    }

    @Test func `cards keep the order they are asked in, without what is not for sale`()
        async throws
    {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let cup = try await market.given.listing("Cup", by: seller)
            let gone = try await market.given.listing("Gone", by: seller)
            let bowl = try await market.given.listing("Bowl", by: seller)
            try await market.marketplace.unpublishListing(gone.id, as: seller.member)

            let cards = try await market.marketplace.cards(of: [bowl.id, gone.id, cup.id, ID()])

            #expect(cards.map(\.title) == ["Bowl", "Cup"])
        }
    }
}
