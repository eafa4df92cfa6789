import Postgres
import Vocabulary

/// What a cart's things are called and cost, and whether they can be had.
struct CartFactsStore {
    let db: any Queryable

    struct Facts {
        let variant: ID<Variant>
        let listing: ID<Listing>
        let title: String
        let optionsText: String
        let price: Money
        let available: Int
        let isForSale: Bool
        let seller: ID<Seller>
        let sellerName: String
        let sellerSlug: String
        let image: ContentHash?
    }

    func find(_ variants: [ID<Variant>]) async throws -> [Facts] {
        try await db.query(
            """
            select v.id, g.id, g.title, array_to_string(v.option_values, ' / '), v.price,
                v.currency, coalesce(k.on_hand - k.reserved, 0), g.for_sale and v.active,
                s.id, s.name, s.slug,
                (select i.content_hash from listing_image i
                    where i.listing_id = g.id and i.content_hash is not null
                    order by i.id is not distinct from v.image_id desc, i.position limit 1)
            from variant v
            join listing g on g.id = v.listing_id
            join seller s on s.id = v.seller_id
            left join stock_level k on k.variant_id = v.id
            where v.id = any(\(variants)::uuid[])
            """
        ).decode { c in
            Facts(
                variant: try c.next(), listing: try c.next(), title: try c.next(),
                optionsText: try c.next(), price: Money(try c.next(), try c.next()),
                available: try c.next(), isForSale: try c.next(), seller: try c.next(),
                sellerName: try c.next(), sellerSlug: try c.next(), image: try c.next())
        }
    }
}

extension Queryable {
    var cartFacts: CartFactsStore { CartFactsStore(db: self) }
}
