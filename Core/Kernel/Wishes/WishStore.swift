import Postgres
import Vocabulary

/// Every statement on wish lists.
struct WishStore {
    let db: any Queryable

    func isForSale(_ listing: ID<Listing>) async throws -> Bool {
        try await !db.query("select 1 from listing where id = \(listing) and for_sale").isEmpty
    }

    /// Whether it is on the list afterwards; not when the list is full.
    func insert(
        _ listing: ID<Listing>, of account: ID<Account>, at instant: Instant
    ) async throws -> Bool {
        try await db.execute(
            """
            insert into wish (account_id, listing_id, at)
            select \(account)::uuid, \(listing)::uuid, \(instant)::timestamptz
            where cardinality(array(
                select 1 from wish where account_id = \(account)::uuid
                    and listing_id <> \(listing)::uuid limit \(Wish.countMax)::int
            )) < \(Wish.countMax)::int
            on conflict (account_id, listing_id) do update set at = wish.at
            """) == 1
    }

    /// The newest of them first, as long as there is room; what is gone, or on the list already,
    /// takes none.
    func adopt(_ wishes: [GuestWish], by account: ID<Account>) async throws {
        try await db.execute(
            """
            insert into wish (account_id, listing_id, at)
            select \(account)::uuid, g.listing_id, g.at
            from unnest(\(wishes.map(\.listing))::uuid[], \(wishes.map(\.at))::timestamptz[])
                    g(listing_id, at)
                join listing l on l.id = g.listing_id
            where not exists (
                select from wish w
                where w.account_id = \(account)::uuid and w.listing_id = g.listing_id)
            order by g.at desc, g.listing_id
            limit greatest(0, \(Wish.countMax)::int - (
                select count(*) from wish where account_id = \(account)::uuid)::int)
            on conflict (account_id, listing_id) do nothing
            """)
    }

    /// What listings are called, whether they are for sale or not.
    func titles(of listings: [ID<Listing>]) async throws -> [ID<Listing>: String] {
        let rows = try await db.query(
            "select id, title from listing where id = any(\(listings)::uuid[])"
        ).decode { c in (try c.next(ID<Listing>.self), try c.next(String.self)) }
        return Dictionary(rows) { first, _ in first }
    }

    func delete(_ listing: ID<Listing>, of account: ID<Account>) async throws {
        try await db.execute(
            "delete from wish where account_id = \(account) and listing_id = \(listing)")
    }

    func has(_ listing: ID<Listing>, of account: ID<Account>) async throws -> Bool {
        try await !db.query(
            "select 1 from wish where account_id = \(account) and listing_id = \(listing)"
        ).isEmpty
    }

    func list(
        of account: ID<Account>, after cursor: WishCursor?, limit: Int
    ) async throws -> [(listing: ID<Listing>, title: String, at: Instant)] {
        let rest: SQL = cursor.map { "and (w.at, w.listing_id) < (\($0.at), \($0.listing))" } ?? ""
        return try await db.query(
            """
            select w.listing_id, l.title, w.at
            from wish w join listing l on l.id = w.listing_id
            where w.account_id = \(account) \(rest)
            order by w.at desc, w.listing_id desc limit \(limit)::int
            """
        ).decode { c in
            (listing: try c.next(), title: try c.next(), at: try c.next())
        }
    }
}

extension Queryable {
    var wishes: WishStore { WishStore(db: self) }
}
