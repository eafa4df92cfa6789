import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `What customers like` {
    @Test func `what was paid most often comes first, as far as it is for sale`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            let (bowl, cup, gone) = (
                try await shop.thing(by: seller, title: "Bowl"),
                try await shop.thing(by: seller, title: "Cup"),
                try await shop.thing(by: seller, title: "Gone")
            )
            _ = try await shop.bought(bowl)
            for _ in 0..<2 { _ = try await shop.bought(cup) }
            for _ in 0..<3 { _ = try await shop.bought(gone) }
            try await market.database.execute(
                "update listing set state = 'archived' where id = \(gone.listing)")

            let popular = try await shop.marketplace.popularListings()
            #expect(popular.map(\.title) == ["Cup", "Bowl"])

            // It is kept for some minutes, but nothing is shown that is not for sale any more.
            for _ in 0..<3 { _ = try await shop.bought(bowl) }
            try await market.database.execute(
                "update listing set state = 'archived' where id = \(cup.listing)")
            #expect(try await shop.marketplace.popularListings().map(\.title) == ["Bowl"])
        }
    }

    @Test func `things are narrowed down by how well they are rated`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            for (title, sum, count) in [
                ("Five", 10, 2), ("Four", 4, 1), ("Nearly", 39, 10), ("Three", 3, 1),
                ("None", 0, 0),
            ] {
                let thing = try await shop.thing(by: seller, title: title)
                try await market.database.execute(
                    """
                    update listing set rating_sum = \(sum), rating_count = \(count)
                    where id = \(thing.listing)
                    """)
            }
            func titles(_ stars: Int?) async throws -> Set<String> {
                var query = CardQuery()
                query.starsMin = stars
                return Set(try await shop.marketplace.cards(query).items.map(\.title))
            }

            #expect(try await titles(nil).count == 5)
            #expect(try await titles(4) == ["Five", "Four"])
            #expect(try await titles(3) == ["Five", "Four", "Nearly", "Three"])
            let facets = try await shop.marketplace.facets(CardQuery())
            #expect(facets.stars.map(\.least) == [4, 3])
            #expect(facets.stars.map(\.count) == [2, 4])
        }
    }
}
