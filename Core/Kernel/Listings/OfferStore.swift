import Postgres
import Vocabulary

struct OfferStore {
    let db: any Queryable

    func list(_ ids: [ID<Variant>]) async throws -> [VariantOffer] {
        try await db.query(
            """
            select v.id, l.id, l.handle, l.title, v.sku,
                array_to_string(v.option_values, ' / '), v.price, v.currency,
                s.on_hand - s.reserved, i.content_hash, i.source_url, r.id, r.slug, r.name,
                v.active and l.for_sale
            from variant v
            join listing l on l.id = v.listing_id
            join seller r on r.id = l.seller_id
            join stock_level s on s.variant_id = v.id
            left join lateral (
                select i.content_hash, i.source_url
                from listing_image i left join media m on m.content_hash = i.content_hash
                where i.listing_id = l.id and \(ImageStore.shown)
                order by i.id is not distinct from v.image_id desc, i.position
                limit 1
            ) i on true
            where v.id = any(\(ids)::uuid[])
            """
        ).decode { c in
            VariantOffer(
                id: try c.next(), listing: try c.next(), handle: try c.next(),
                title: try c.next(), sku: try c.next(), optionsText: try c.next(),
                price: Money(try c.next(), try c.next()), available: try c.next(),
                imageHash: try c.next(), imageSourceURL: try c.next(), seller: try c.next(),
                sellerSlug: try c.next(), sellerName: try c.next(), isForSale: try c.next())
        }
    }

    /// A page of the active variants of a shop that may be changed, newest listing first.
    func listEditable(
        of seller: ID<Seller>, _ filter: OfferFilter, after cursor: OfferCursor?, limit: Int
    ) async throws -> [(offer: EditableOffer, cursor: String)] {
        try await db.query(
            """
            select \(Self.editable)
            from listing l
            join variant v on v.listing_id = l.id and v.active
            join stock_level s on s.variant_id = v.id
            where \(Self.meant(by: filter, of: seller))
                and (\(cursor?.listing)::uuid is null or l.id <= \(cursor?.listing)::uuid and (
                    l.id < \(cursor?.listing)::uuid or (v.position, v.id)
                        > (\(cursor?.position)::int, \(cursor?.variant)::uuid)))
            order by l.id desc, v.position, v.id
            limit \(limit)::int
            """
        ).decode { c in
            let offer = try EditableOffer(&c)
            let position = try c.next(Int.self)
            return (offer, "\(offer.listing):\(position):\(offer.variant)")
        }
    }

    /// What is meant and what it costs, newest listing first, ending at `limit`; with `held`, only
    /// those of these variants that are still meant.
    func look(
        of seller: ID<Seller>, _ filter: OfferFilter, among held: [ID<Variant>]? = nil, limit: Int
    ) async throws -> MeantOffers {
        var condition = Self.meant(by: filter, of: seller)
        if let held { condition = "\(condition) and v.id = any(\(held)::uuid[])" }
        let rows = try await db.query(
            """
            with meant (variant, listing, title, options, sku, price, currency, on_hand,
                reserved, place) as materialized
            (
                select \(Self.editable)
                from listing l
                join variant v on v.listing_id = l.id and v.active
                join stock_level s on s.variant_id = v.id
                where \(condition)
                order by l.id desc, v.position, v.id
                limit \(limit)::int
            )
            select variant, listing, title, options, sku, price, currency, on_hand, reserved,
                (
                    select encode(sha256(convert_to(
                        string_agg(concat_ws(':', variant, price, currency), ','
                            order by variant), 'UTF8')), 'hex')
                    from meant
                )
            from meant
            order by listing desc, place, variant
            """
        ).decode { c in (try EditableOffer(&c), try c.next(String.self)) }
        return MeantOffers(offers: rows.map(\.0), seen: rows.first?.1 ?? "")
    }

    /// The shop's own index leads to its listings; the text is looked for in those alone.
    private static func meant(by filter: OfferFilter, of seller: ID<Seller>) -> SQL {
        var condition: SQL = "l.seller_id = \(seller) and l.state in ('draft', 'published')"
        if let category = filter.category {
            condition = "\(condition) and l.category_path @> array[\(category)::uuid]"
        }
        if filter.isLow {
            condition = """
                \(condition) and s.on_hand - s.reserved <= \(ScarceStockStore.threshold(of: seller))
                """
        }
        guard let text = filter.text else { return condition }
        return """
            \(condition) and (strpos(lower(l.title), lower(\(text)::text)) > 0
                or strpos(l.handle, lower(\(text)::text)) > 0
                or starts_with(lower(v.sku), lower(\(text)::text)))
            """
    }

    private static let editable: SQL = """
        v.id, l.id, l.title, v.option_values, v.sku, v.price, v.currency, s.on_hand, s.reserved,
        v.position
        """

    /// Those of these variants that may be changed.
    func editable(
        _ variants: [ID<Variant>], of seller: ID<Seller>
    ) async throws -> [EditableOffer] {
        try await db.query(
            """
            select \(Self.editable)
            from variant v
            join listing l on l.id = v.listing_id
            join stock_level s on s.variant_id = v.id
            where v.id = any(\(variants)::uuid[]) and v.seller_id = \(seller) and v.active
                and l.state in ('draft', 'published')
            """
        ).decode { c in
            let offer = try EditableOffer(&c)
            _ = try c.next(Int.self)
            return offer
        }
    }

    /// Holds the listings of a shop's variants, so that nobody else changes their prices.
    func lock(
        _ variants: [ID<Variant>], of seller: ID<Seller>
    ) async throws -> [ID<Variant>: HeldOffer] {
        let rows = try await db.query(
            """
            select v.id, l.id, l.state, v.currency, v.active
            from variant v
            join listing l on l.id = v.listing_id
            where v.id = any(\(variants)::uuid[]) and v.seller_id = \(seller)
            order by l.id
            for update of l
            """
        ).decode { c in
            (
                try c.next(ID<Variant>.self),
                HeldOffer(
                    listing: try c.next(), state: try c.next(), currency: try c.next(),
                    isActive: try c.next())
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    func savePrices(_ prices: [(variant: ID<Variant>, amount: Int64)]) async throws {
        try await db.execute(
            """
            update variant v set price = p.amount
            from unnest(\(prices.map(\.variant))::uuid[], \(prices.map(\.amount))::bigint[])
                as p(id, amount)
            where v.id = p.id
            """)
    }
}

/// What is meant at one moment.
struct MeantOffers: Sendable {
    let offers: [EditableOffer]
    /// The same as long as the same variants cost the same; empty where nothing is meant.
    let seen: String
}

/// A variant whose listing is held.
struct HeldOffer: Sendable {
    let listing: ID<Listing>
    let state: Listing.State
    let currency: Currency
    let isActive: Bool
}

extension EditableOffer {
    fileprivate init(_ c: inout Columns) throws {
        self.init(
            variant: try c.next(), listing: try c.next(), title: try c.next(),
            options: try c.next(), sku: try c.next(), price: Money(try c.next(), try c.next()),
            onHand: try c.next(), reserved: try c.next())
    }
}

extension Queryable {
    var offers: OfferStore { OfferStore(db: self) }
}
