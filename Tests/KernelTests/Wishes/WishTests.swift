import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `A wish list` {
    @Test func `keeps each thing once, the newest first, for one account`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let cup = try await market.given.listing("Cup", by: seller)
            let bowl = try await market.given.listing("Bowl", by: seller)
            let grace = try await market.given.account("Grace")
            let ada = try await market.given.account("Ada")

            try await kernel.wish(for: cup.id, by: grace.id)
            _ = try await kernel.moveClock(by: .seconds(60), as: nil)
            try await kernel.wish(for: bowl.id, by: grace.id)
            try await kernel.wish(for: cup.id, by: grace.id)
            let first = try await kernel.wishes(of: grace.id, PageRequest(limit: 1))
            let second = try await kernel.wishes(
                of: grace.id, PageRequest(after: first.next, limit: 1))

            #expect(first.items.map(\.title) == ["Bowl"])
            #expect(second.items.map(\.title) == ["Cup"])
            #expect(second.next == nil)
            #expect(try await kernel.wishes(of: ada.id, PageRequest()).items.isEmpty)
            #expect(try await kernel.isWished(cup.id, by: grace.id))
            try await kernel.dropWish(for: cup.id, by: ada.id)
            #expect(try await kernel.isWished(cup.id, by: grace.id))
            try await kernel.dropWish(for: cup.id, by: grace.id)
            #expect(try await !kernel.isWished(cup.id, by: grace.id))
        }
    }

    @Test func `names what is not for sale any more, and takes nothing that is not`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let cup = try await market.given.listing("Cup", by: seller)
            let grace = try await market.given.account("Grace")
            try await kernel.wish(for: cup.id, by: grace.id)
            try await kernel.unpublishListing(cup.id, as: seller.member)

            let wish = try await kernel.wishes(of: grace.id, PageRequest()).items.first

            #expect(wish?.title == "Cup")
            #expect(wish?.card == nil)
            await #expect(throws: ListingRefusal.unknown) {
                try await kernel.wish(for: cup.id, by: grace.id)
            }
        }
    }

    @Test func `is full at its limit, and then takes nothing but what is on it`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let cup = try await market.given.listing("Cup", by: seller)
            let bowl = try await market.given.listing("Bowl", by: seller)
            let grace = try await market.given.account("Grace")
            try await kernel.wish(for: cup.id, by: grace.id)
            try await market.database.execute(
                """
                with made as (
                    insert into listing (id, seller_id, handle, title, currency)
                    select gen_random_uuid(), \(seller.id)::uuid, 'thing-' || n, 'Thing', 'EUR'
                    from generate_series(1, \(Wish.countMax - 1)::int) n returning id
                )
                insert into wish (account_id, listing_id) select \(grace.id)::uuid, id from made
                """)

            try await kernel.wish(for: cup.id, by: grace.id)
            await #expect(throws: WishRefusal.tooMany) {
                try await kernel.wish(for: bowl.id, by: grace.id)
            }
        }
    }
}
