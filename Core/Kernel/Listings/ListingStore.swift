import Postgres
import Vocabulary

struct ListingStore {
    let db: any Queryable

    private static let columns: SQL = """
        id, seller_id, handle, title, description, category_id, wallet_id, shipping_profile_id,
        product_type, tags, option_names, state, for_sale, currency, rating_sum, rating_count,
        created_at
        """

    /// Inserts rows, or changes those whose ids exist.
    func save(_ rows: [ListingRow]) async throws {
        try await db.execute(
            """
            insert into listing (id, seller_id, category_id, category_path, wallet_id,
                shipping_profile_id, handle, title, description, product_type, tags, option_names,
                state, currency, published_at)
            select r.id, r.seller, r.category, coalesce(c.path, '{}'), r.wallet, r.profile,
                r.handle, r.title, r.description, r.type, r.tags, r.options, r.state, r.currency,
                case when r.state = 'published' then now() end
            from jsonb_to_recordset(\(JSON(rows))) as r(id uuid, seller uuid, category uuid,
                wallet uuid, profile uuid, handle text, title text, description text,
                type text, tags text[], options text[], state text,
                currency text)
            left join category c on c.id = r.category
            order by r.id
            on conflict (id) do update set category_id = excluded.category_id,
                category_path = excluded.category_path, wallet_id = excluded.wallet_id,
                shipping_profile_id = excluded.shipping_profile_id,
                handle = excluded.handle, title = excluded.title,
                description = excluded.description, product_type = excluded.product_type,
                tags = excluded.tags, option_names = excluded.option_names,
                state = excluded.state, currency = excluded.currency,
                published_at = coalesce(listing.published_at, excluded.published_at)
            """)
    }

    func find(_ id: ID<Listing>, of seller: ID<Seller>) async throws -> Listing? {
        try await db.query(
            "select \(Self.columns) from listing where id = \(id) and seller_id = \(seller)"
        ).first.map(Listing.init(row:))
    }

    func lock(_ id: ID<Listing>, of seller: ID<Seller>) async throws -> Listing? {
        try await db.query(
            """
            select \(Self.columns) from listing
            where id = \(id) and seller_id = \(seller) for update
            """
        ).first.map(Listing.init(row:))
    }

    func lock(_ id: ID<Listing>) async throws -> Listing? {
        try await db.query("select \(Self.columns) from listing where id = \(id) for update")
            .first.map(Listing.init(row:))
    }

    /// Those of the handles that the shop has, locked.
    func lock(handles: [String], of seller: ID<Seller>) async throws -> [Listing] {
        try await db.query(
            """
            select \(Self.columns) from listing
            where seller_id = \(seller) and handle = any(\(handles)::text[])
            order by id
            for update
            """
        ).map(Listing.init(row:))
    }

    func saveState(
        _ id: ID<Listing>, from old: Listing.State, to new: Listing.State
    ) async throws -> Bool {
        try await db.execute(
            """
            update listing set state = \(new), version = version + 1,
                published_at = case when \(new) = 'published' then coalesce(published_at, now())
                    else published_at end
            where id = \(id) and state = \(old)
            """) == 1
    }

    /// Makes what is kept on the listings agree with their variants, and their pages anew.
    func refresh(_ ids: [ID<Listing>]) async throws {
        _ = try await db.batch([
            """
            update listing l set version = l.version + 1,
                price_from = coalesce((
                    select min(v.price) from variant v
                    where v.listing_id = l.id and v.active), 0),
                in_stock = exists (
                    select from variant v join stock_level s on s.variant_id = v.id
                    where v.listing_id = l.id and v.active and s.on_hand > s.reserved)
            where l.id = any(\(ids)::uuid[])
            """,
            "select from listing_pages_refresh(\(ids)::uuid[])",
        ])
    }

    /// Titles are looked at in so many of a shop's newest listings.
    private static let titlesSearched = 10_000

    /// The seller's list, newest first.
    /// - Parameter text: a part of the title, or how a variant's SKU begins.
    func list(
        of seller: ID<Seller>, _ state: Listing.State?, containing text: String?,
        _ page: PageRequest
    ) async throws -> Page<ListingSummary> {
        var condition: SQL = state.map { state in "l.state = \(state)" } ?? "true"
        if let text { condition = "\(condition) and l.id in (\(Self.found(text, of: seller)))" }
        let rows = try await db.query(
            """
            select l.id, l.handle, l.title, l.state, l.for_sale, l.price_from, l.currency,
                l.in_stock, coalesce((
                    select sum(s.on_hand - s.reserved)
                    from variant v join stock_level s on s.variant_id = v.id
                    where v.listing_id = l.id and v.active), 0)::bigint,
                i.content_hash, i.source_url
            from listing l
            \(ImageStore.first)
            where l.seller_id = \(seller) and \(condition)
                and (\(page.afterID)::uuid is null or l.id < \(page.afterID)::uuid)
            order by l.id desc
            limit \(page.limit + 1)::int
            """
        ).decode { c in
            ListingSummary(
                id: try c.next(), handle: try c.next(), title: try c.next(),
                state: try c.next(), isForSale: try c.next(),
                priceFrom: Money(try c.next(), try c.next()), inStock: try c.next(),
                available: try c.next(), imageHash: try c.next(), imageSourceURL: try c.next())
        }
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// The last character closes the range of all SKUs that begin so.
    private static func found(_ text: String, of seller: ID<Seller>) -> SQL {
        """
        select r.id from (
            select id, title from listing where seller_id = \(seller)
            order by id desc limit \(titlesSearched)::int
        ) r where strpos(lower(r.title), lower(\(text)::text)) > 0
        union all
        select v.listing_id from variant v
        where v.seller_id = \(seller) and v.active and lower(v.sku) ~>=~ lower(\(text)::text)
            and lower(v.sku) ~<~ (lower(\(text)::text) || chr(1114111))
        """
    }

    /// Which listing of which open shop has this address.
    func find(handle: String, shop: String) async throws -> ID<Listing>? {
        try await db.query(
            """
            select l.id from listing l join seller s on s.id = l.seller_id
            where s.slug = \(shop) and l.handle = \(handle) and l.for_sale
            """
        ).decode { c in try c.next(ID<Listing>.self) }.first
    }
}

extension ListingStore {
    /// A listing that was published once and is not for sale.
    func findAbsent(_ id: ID<Listing>) async throws -> AbsentListing? {
        try await db.query(
            """
            select l.title, l.category_id, s.name, s.slug, s.state = 'verified',
                case when l.state = 'published'
                then (select ends_at from seller_holiday h where h.seller_id = s.id and h.is_on)
                end
            from listing l join seller s on s.id = l.seller_id
            where l.id = \(id) and not l.for_sale and l.published_at is not null
                and l.state <> 'blocked'
            """
        ).decode { c in
            AbsentListing(
                title: try c.next(), category: try c.next(), sellerName: try c.next(),
                sellerSlug: try c.next(),
                sellerIsOpen: try c.next(), backAt: try c.next())
        }.first
    }
}

extension Queryable {
    var listings: ListingStore { ListingStore(db: self) }
}

extension Listing {
    fileprivate init(row: Row) throws {
        var c = row.columns
        self.init(
            id: try c.next(), seller: try c.next(), handle: try c.next(), title: try c.next(),
            description: try c.next(), category: try c.next(), wallet: try c.next(),
            shippingProfile: try c.next(),
            productType: try c.next(), tags: try c.next(), optionNames: try c.next(),
            state: try c.next(), isForSale: try c.next(), currency: try c.next(),
            rating: Rating(sum: try c.next(), count: try c.next()), createdAt: try c.next())
    }
}
