import Postgres
import Vocabulary

/// A shop at a glance: each part reads an index and stops early.
struct ShopGlanceStore {
    let db: any Queryable

    func find(_ seller: ID<Seller>, since start: Instant) async throws -> ShopGlance {
        let answers = try await db.batch([
            count(
                """
                select 1 from orders
                where seller_id = \(seller) and state in ('paid', 'partly_shipped')
                """),
            count(
                """
                select 1 from listing where seller_id = \(seller) and for_sale and not in_stock
                """),
            count(
                """
                select 1 from (
                    select id, listing_id from variant where seller_id = \(seller) and active
                    limit \(ShopGlance.variantsMax)::int
                ) v
                join stock_level k on k.variant_id = v.id
                join listing l on l.id = v.listing_id and l.for_sale
                where k.on_hand - k.reserved between 1 and \(ScarceStockStore.threshold(of: seller))
                """),
            """
            select date_trunc('day', s.paid_at, 'UTC'), count(*)::int, sum(s.total)::bigint,
                s.currency
            from (
                select paid_at, total, currency from orders
                where seller_id = \(seller) and paid_at >= \(start) and state <> 'cancelled'
                order by paid_at desc limit \(ShopGlance.ordersMax)::int
            ) s
            group by 1, s.currency order by 1, s.currency
            """,
        ])
        let counts = try answers.prefix(3).map { rows in
            try rows.decode { c in try c.next(Int.self) }.first ?? 0
        }
        let sales = try answers[3].decode { c in
            SalesDay(
                day: try c.next(), orders: try c.next(),
                total: Money(try c.next(), try c.next()))
        }
        return ShopGlance(
            toPack: counts[0], soldOut: counts[1], runningOut: counts[2], sales: sales)
    }

    private func count(_ rows: SQL) -> SQL {
        "select cardinality(array(\(rows) limit \(ShopGlance.countMax)::int))"
    }
}

extension Queryable {
    var glances: ShopGlanceStore { ShopGlanceStore(db: self) }
}
