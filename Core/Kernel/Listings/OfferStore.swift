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
                select content_hash, source_url from listing_image
                where listing_id = l.id
                order by id is not distinct from v.image_id desc, position
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
}

extension Queryable {
    var offers: OfferStore { OfferStore(db: self) }
}
