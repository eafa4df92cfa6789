import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Wishes that a guest brings into an account` {
    @Test func `stand with their time among the account's own, of which none changes`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let grace = try await market.given.account("Grace")
            let maker = try await market.given.verifiedSeller()
            let (cup, jug) = (
                try await market.given.listing("Cup", by: maker),
                try await market.given.listing("Jug", by: maker)
            )
            try await kernel.wish(for: cup.id, by: grace.id)
            let own = try #require(
                try await kernel.wishes(of: grace.id, PageRequest()).items.first?.at)

            try await kernel.adoptWishes(
                [
                    GuestWish(listing: cup.id, at: own.advanced(days: -3)),
                    GuestWish(listing: jug.id, at: own.advanced(days: -2)),
                    GuestWish(listing: ID(), at: own),
                ], by: grace.id)

            let wishes = try await kernel.wishes(of: grace.id, PageRequest()).items
            #expect(wishes.map(\.listing) == [cup.id, jug.id])
            #expect(wishes.map(\.at) == [own, own.advanced(days: -2)])
        }
    }

    @Test func `leave out the oldest where the list is full`() async throws {
        try await TestMarketplace.run { market in
            let grace = try await market.given.account("Grace")
            let maker = try await market.given.verifiedSeller()
            let (cup, jug) = (
                try await market.given.listing("Cup", by: maker),
                try await market.given.listing("Jug", by: maker)
            )
            // All but one place is taken, by copies of a listing that is not for sale.
            try await market.database.execute(
                """
                with made as (
                    insert into listing (id, seller_id, handle, title, currency, price_from)
                    select gen_random_uuid(), \(maker.id), 'old-' || n, 'Old', 'EUR', 100
                    from generate_series(2, \(Wish.countMax)::int) n returning id)
                insert into wish (account_id, listing_id) select \(grace.id)::uuid, id from made
                """)
            let now = try await market.marketplace.marketNow()

            try await market.marketplace.adoptWishes(
                [
                    GuestWish(listing: cup.id, at: now.advanced(days: -2)),
                    GuestWish(listing: jug.id, at: now.advanced(days: -1)),
                ], by: grace.id)

            #expect(try await market.marketplace.isWished(jug.id, by: grace.id))
            #expect(try await !market.marketplace.isWished(cup.id, by: grace.id))
        }
    }

    @Test func `take no room where they are on the list already`() async throws {
        try await TestMarketplace.run { market in
            let grace = try await market.given.account("Grace")
            let maker = try await market.given.verifiedSeller()
            let (cup, jug) = (
                try await market.given.listing("Cup", by: maker),
                try await market.given.listing("Jug", by: maker)
            )
            try await market.marketplace.wish(for: cup.id, by: grace.id)
            // One place is left.
            try await market.database.execute(
                """
                with made as (
                    insert into listing (id, seller_id, handle, title, currency, price_from)
                    select gen_random_uuid(), \(maker.id), 'old-' || n, 'Old', 'EUR', 100
                    from generate_series(3, \(Wish.countMax)::int) n returning id)
                insert into wish (account_id, listing_id) select \(grace.id)::uuid, id from made
                """)
            let now = try await market.marketplace.marketNow()

            try await market.marketplace.adoptWishes(
                [
                    GuestWish(listing: cup.id, at: now),
                    GuestWish(listing: jug.id, at: now.advanced(days: -1)),
                ], by: grace.id)

            #expect(try await market.marketplace.isWished(jug.id, by: grace.id))
        }
    }
}
