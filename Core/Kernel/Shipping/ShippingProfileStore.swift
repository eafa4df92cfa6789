import Postgres
import Vocabulary

/// Every statement on makers' shipping profiles.
struct ShippingProfileStore {
    let db: any Queryable

    private static let columns: SQL = """
        p.id, p.name, p.handling_days, p.sent_from, p.is_default, p.zones, p.created_at
        """

    /// Oldest first.
    func list(of seller: ID<Seller>, _ page: PageRequest) async throws -> Page<ShippingProfile> {
        let rows = try await db.query(
            """
            select \(Self.columns) from shipping_profile p
            where p.seller_id = \(seller)
                and (\(page.afterID)::uuid is null or p.id > \(page.afterID)::uuid)
            order by p.id limit \(page.limit + 1)::int
            """
        ).decode(ShippingProfile.init)
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func find(
        _ id: ID<ShippingProfile>, of seller: ID<Seller>
    ) async throws -> ShippingProfile? {
        try await db.query(
            """
            select \(Self.columns) from shipping_profile p
            where p.id = \(id) and p.seller_id = \(seller)
            """
        ).decode(ShippingProfile.init).first
    }

    /// How the things are sent: by the profile that their listing names, else by their maker's
    /// default. Nothing for those that go by none.
    func ruling(
        _ variants: [ID<Variant>]
    ) async throws -> [ID<Variant>: ShippingProfile] {
        try Self.ruling(try await db.query(Self.rulingStatement(variants)))
    }

    static func rulingStatement(_ variants: [ID<Variant>]) -> SQL {
        """
        select v.id, \(columns)
        from variant v
        join listing l on l.id = v.listing_id
        join shipping_profile p on p.seller_id = l.seller_id
            and case when l.shipping_profile_id is null then p.is_default
                else p.id = l.shipping_profile_id end
        where v.id = any(\(variants)::uuid[])
        """
    }

    static func ruling(_ rows: Rows) throws -> [ID<Variant>: ShippingProfile] {
        Dictionary(
            try rows.decode { c in (try c.next(ID<Variant>.self), try ShippingProfile(&c)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Inserts it, or changes the one of that id.
    func save(
        _ id: ID<ShippingProfile>, _ draft: ShippingProfileDraft, of seller: ID<Seller>
    ) async throws {
        if draft.isDefault {
            // One statement would meet the unique index half way: it is checked row by row.
            try await db.execute(
                """
                update shipping_profile set is_default = false
                where seller_id = \(seller) and is_default and id <> \(id)
                """)
        }
        try await db.execute(
            """
            insert into shipping_profile (id, seller_id, name, handling_days, sent_from,
                is_default, zones)
            values (\(id), \(seller), \(draft.name), \(draft.handlingDays), \(draft.sentFrom),
                \(draft.isDefault), \(JSON(draft.zones)))
            on conflict (id) do update set name = excluded.name,
                handling_days = excluded.handling_days, sent_from = excluded.sent_from,
                is_default = excluded.is_default, zones = excluded.zones
            """)
    }

    /// The titles of some listings that name it.
    func naming(_ id: ID<ShippingProfile>, limit: Int) async throws -> [String] {
        try await db.query(
            """
            select title from listing where shipping_profile_id = \(id)
            order by id limit \(limit)::int
            """
        ).decode { c in try c.next() }
    }

    func delete(_ id: ID<ShippingProfile>) async throws {
        try await db.execute("delete from shipping_profile where id = \(id)")
    }

    /// Drafts and published listings, newest first.
    func listListings(
        of seller: ID<Seller>, _ page: PageRequest
    ) async throws -> Page<ShippedListing> {
        let rows = try await db.query(
            """
            select id, title, shipping_profile_id from listing
            where seller_id = \(seller) and state in ('draft', 'published')
                and (\(page.afterID)::uuid is null or id < \(page.afterID)::uuid)
            order by id desc limit \(page.limit + 1)::int
            """
        ).decode { c in
            try ShippedListing(id: c.next(), title: c.next(), profile: c.next())
        }
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// Those of these listings that are the shop's, held so that nobody else changes them.
    func lock(
        _ listings: [ID<Listing>], of seller: ID<Seller>
    ) async throws -> [ProfiledListing] {
        try await db.query(
            """
            select id, state, shipping_profile_id from listing
            where id = any(\(listings)::uuid[]) and seller_id = \(seller)
            order by id for update
            """
        ).decode { c in
            try ProfiledListing(id: c.next(), state: c.next(), profile: c.next())
        }
    }

    func choose(_ profile: ID<ShippingProfile>?, for listings: [ID<Listing>]) async throws {
        try await db.execute(
            """
            update listing set shipping_profile_id = \(profile)
            where id = any(\(listings)::uuid[])
            """)
    }
}

/// A listing that is held, with the profile that it names.
struct ProfiledListing: Sendable {
    let id: ID<Listing>
    let state: Listing.State
    let profile: ID<ShippingProfile>?
}

extension Queryable {
    var shippingProfiles: ShippingProfileStore { ShippingProfileStore(db: self) }
}

extension ShippingProfile {
    init(_ c: inout Columns) throws {
        id = try c.next()
        name = try c.next()
        handlingDays = try c.next()
        sentFrom = try c.next()
        isDefault = try c.next()
        zones = try c.next(JSON<[ShippingZone]>.self).value
        createdAt = try c.next()
    }
}
