import Postgres
import Vocabulary

struct ScarceStockStore {
    let db: any Queryable

    /// From how many pieces on a seller's variant is scarce.
    static func threshold(of seller: ID<Seller>) -> SQL {
        """
        coalesce((select pieces from seller_low_stock where seller_id = \(seller)),
            \(ShopGlance.lowStock)::int)
        """
    }

    func threshold(of seller: ID<Seller>) async throws -> Int {
        try await db.query("select \(Self.threshold(of: seller))")
            .decode { c in try c.next(Int.self) }.first ?? ShopGlance.lowStock
    }

    func save(_ seller: ID<Seller>, threshold: Int) async throws {
        try await db.execute(
            """
            insert into seller_low_stock (seller_id, pieces) values (\(seller), \(threshold))
            on conflict (seller_id) do update set pieces = excluded.pieces
            """)
    }

    /// The scarcest first.
    func list(
        of seller: ID<Seller>, after: ScarceCursor?, limit: Int
    ) async throws -> [ScarceVariant] {
        try await db.query(
            """
            select v.id, v.listing_id, v.title, v.option_values, v.sku, k.on_hand - k.reserved,
                k.reserved
            from (
                select v.id, v.listing_id, l.title, v.option_values, v.sku
                from variant v join listing l on l.id = v.listing_id and l.state = 'published'
                where v.seller_id = \(seller) and v.active
                limit \(ShopGlance.variantsMax)::int
            ) v
            join stock_level k on k.variant_id = v.id
            where k.on_hand - k.reserved <= \(Self.threshold(of: seller))
                and (\(after?.variant)::uuid is null
                    or (k.on_hand - k.reserved, v.listing_id, v.id)
                        > (\(after?.available)::int, \(after?.listing)::uuid,
                            \(after?.variant)::uuid))
            order by k.on_hand - k.reserved, v.listing_id, v.id limit \(limit)::int
            """
        ).decode { c in
            ScarceVariant(
                variant: try c.next(), listing: try c.next(), title: try c.next(),
                options: try c.next(), sku: try c.next(), available: try c.next(),
                reserved: try c.next())
        }
    }
}

extension Queryable {
    var scarceStock: ScarceStockStore { ScarceStockStore(db: self) }
}
