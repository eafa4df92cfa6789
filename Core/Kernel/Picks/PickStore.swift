import Postgres
import Vocabulary

/// Every statement on what was chosen by hand.
struct PickStore {
    let db: any Queryable

    /// False when it is so already.
    func save(_ listing: ID<Listing>, _ isPicked: Bool, by admin: ID<Account>) async throws -> Bool
    {
        let statement: SQL =
            isPicked
            ? """
            insert into picked_listing (listing_id, picked_by) values (\(listing), \(admin))
            on conflict do nothing
            """
            : "delete from picked_listing where listing_id = \(listing)"
        return try await db.execute(statement) == 1
    }

    /// False when it is so already.
    func save(_ seller: ID<Seller>, _ isPicked: Bool, by admin: ID<Account>) async throws -> Bool {
        let statement: SQL =
            isPicked
            ? """
            insert into picked_seller (seller_id, picked_by) values (\(seller), \(admin))
            on conflict do nothing
            """
            : "delete from picked_seller where seller_id = \(seller)"
        return try await db.execute(statement) == 1
    }

    /// Those that are for sale, the newest choice first.
    func listings(limit: Int) async throws -> [ID<Listing>] {
        try await db.query(
            """
            select p.listing_id
            from picked_listing p join listing l on l.id = p.listing_id and l.for_sale
            order by p.picked_at desc, p.listing_id limit \(limit)::int
            """
        ).decode { c in try c.next() }
    }

    /// Those that may sell, the newest choice first.
    func sellers(limit: Int) async throws -> [PickedMaker] {
        try await db.query(
            """
            select s.id, s.slug, s.name, s.about, s.country, s.rating_sum, s.rating_count
            from picked_seller p join seller s on s.id = p.seller_id and s.state = 'verified'
            order by p.picked_at desc, p.seller_id limit \(limit)::int
            """
        ).decode { c in
            PickedMaker(
                id: try c.next(), slug: try c.next(), name: try c.next(), about: try c.next(),
                country: try c.next(), rating: Rating(sum: try c.next(), count: try c.next()))
        }
    }

    func contains(_ seller: ID<Seller>) async throws -> Bool {
        try await db.query("select from picked_seller where seller_id = \(seller)").first != nil
    }
}

extension Queryable {
    var picks: PickStore { PickStore(db: self) }
}
