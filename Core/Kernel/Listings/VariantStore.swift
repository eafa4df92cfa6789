import Postgres
import Vocabulary

struct VariantStore {
    let db: any Queryable

    /// Inserts rows, or changes those whose ids exist; each is active afterwards.
    func save(_ rows: [VariantRow]) async throws {
        try await db.execute(
            """
            insert into variant (id, listing_id, seller_id, sku, option_values, position, price,
                compare_at, currency, grams, barcode, requires_shipping, taxable, tax_code,
                image_id)
            select r.id, r.listing, r.seller, r.sku, r.options, r.position, r.price, r.compare,
                r.currency, r.grams, r.barcode, r.shipping, r.taxable, r.taxcode, r.image
            from jsonb_to_recordset(\(JSON(rows))) as r(id uuid, listing uuid, seller uuid,
                sku text, options text[], position int, price bigint, compare bigint,
                currency text, grams int, barcode text, shipping bool, taxable bool,
                taxcode text, image uuid)
            order by r.id
            on conflict (id) do update set sku = excluded.sku,
                option_values = excluded.option_values, position = excluded.position,
                price = excluded.price, compare_at = excluded.compare_at,
                currency = excluded.currency, grams = excluded.grams,
                barcode = excluded.barcode, requires_shipping = excluded.requires_shipping,
                taxable = excluded.taxable, tax_code = excluded.tax_code,
                image_id = coalesce(excluded.image_id, variant.image_id), active = true
            """)
        try await db.execute(
            """
            insert into stock_level (variant_id)
            select unnest(\(rows.map(\.id))::uuid[])
            on conflict do nothing
            """)
    }

    /// Archives the variants of `listings` that are not in `keeping`. Their SKUs become free.
    func deactivate(in listings: [ID<Listing>], keeping: [ID<Variant>]) async throws {
        try await db.execute(
            """
            update variant set active = false, sku = null
            where listing_id = any(\(listings)::uuid[]) and active
                and not id = any(\(keeping)::uuid[])
            """)
    }

    /// Which picture shows which variant.
    /// - Returns: how many of the variants and pictures are the listing's.
    func savePictures(
        _ choices: [(variant: ID<Variant>, image: ID<ListingImage>?)], of listing: ID<Listing>
    ) async throws -> Int {
        try await db.execute(
            """
            update variant v set image_id = c.image
            from unnest(\(choices.map(\.variant))::uuid[],
                \(choices.map(\.image))::uuid[]) as c(variant, image)
            where v.id = c.variant and v.listing_id = \(listing) and v.active
                and (c.image is null or exists (
                    select from listing_image i
                    where i.id = c.image and i.listing_id = \(listing)))
            """)
    }

    func listPresent(in listings: [ID<Listing>]) async throws -> [PresentVariant] {
        try await db.query(
            """
            select id, listing_id, sku, option_values from variant
            where listing_id = any(\(listings)::uuid[])
            order by position, id
            """
        ).decode { c in
            PresentVariant(
                id: try c.next(), listing: try c.next(), sku: try c.next(),
                options: try c.next())
        }
    }

    /// Which of the SKUs the shop has, and on which listing.
    func listSKUs(_ skus: [String], of seller: ID<Seller>) async throws -> [String: ID<Listing>] {
        let found = try await db.query(
            """
            select sku, listing_id from variant
            where seller_id = \(seller) and sku = any(\(skus)::text[])
            """
        ).decode { c in (try c.next(String.self), try c.next(ID<Listing>.self)) }
        return Dictionary(found) { first, _ in first }
    }

    /// The active variants of listings as they would be written, with their stock.
    func listRows(in listings: [ID<Listing>]) async throws -> [VariantRow] {
        try await db.query(
            """
            select v.id, v.listing_id, v.seller_id, v.sku, v.option_values, v.position, v.price,
                v.compare_at, v.currency, v.grams, v.barcode, v.requires_shipping, v.taxable,
                v.tax_code, v.image_id, s.on_hand
            from variant v join stock_level s on s.variant_id = v.id
            where v.listing_id = any(\(listings)::uuid[]) and v.active
            order by v.position, v.id
            """
        ).decode { c in
            VariantRow(
                id: try c.next(), listing: try c.next(), seller: try c.next(),
                sku: try c.next(), options: try c.next(), position: try c.next(),
                price: try c.next(), compare: try c.next(), currency: try c.next(),
                grams: try c.next(), barcode: try c.next(), shipping: try c.next(),
                taxable: try c.next(), taxcode: try c.next(), image: try c.next(),
                stock: try c.next())
        }
    }

    /// The active variants of a listing in their order.
    func list(of listing: ID<Listing>) async throws -> [Variant] {
        try await db.query(
            """
            select v.id, v.sku, v.option_values, v.currency, v.price, v.compare_at, v.grams,
                v.barcode, v.requires_shipping, v.taxable, v.tax_code, v.image_id, s.on_hand,
                s.reserved
            from variant v join stock_level s on s.variant_id = v.id
            where v.listing_id = \(listing) and v.active
            order by v.position, v.id
            limit \(Listing.variantsMax)::int
            """
        ).decode { c in
            let (id, sku, options) = (
                try c.next(ID<Variant>.self), try c.next(String?.self), try c.next([String].self)
            )
            let currency = try c.next(Currency.self)
            return Variant(
                id: id, sku: sku, options: options, price: Money(try c.next(), currency),
                compareAt: try c.next(Int64?.self).map { Money($0, currency) },
                grams: try c.next(), barcode: try c.next(), requiresShipping: try c.next(),
                taxable: try c.next(), taxCode: try c.next(), image: try c.next(),
                onHand: try c.next(), reserved: try c.next())
        }
    }
}

extension Queryable {
    var variants: VariantStore { VariantStore(db: self) }
}
