import Postgres
import Vocabulary

struct PickListStore {
    let db: any Queryable

    /// Pieces of paid orders that were neither shipped nor refunded, oldest order first.
    func read(of seller: ID<Seller>) async throws -> PickList {
        let most = PickList.ordersMax
        let rows = try await db.query(
            """
            with waiting as materialized (
                (select id, number from orders where seller_id = \(seller) and state = 'paid'
                    order by id limit \(most + 1)::int)
                union all
                (select id, number from orders
                    where seller_id = \(seller) and state = 'partly_shipped'
                    order by id limit \(most + 1)::int)
            ), first as materialized (
                select id, number, (select count(*) from waiting) > \(most)::int as more
                from waiting order by id limit \(most)::int
            )
            select f.more, f.id, f.number, l.variant_id, l.title, l.options_text, l.sku,
                l.quantity - l.shipped - l.withheld
            from first f join order_line l on l.order_id = f.id
            where l.quantity > l.shipped + l.withheld
            order by f.id, l.line
            """
        ).decode { c in
            (
                more: try c.next(Bool.self),
                line: PickList.Line(
                    order: try c.next(), number: try c.next(), variant: try c.next(),
                    title: try c.next(), options: try c.next(), sku: try c.next(),
                    quantity: try c.next())
            )
        }
        return PickList(
            rows.map(\.line), orders: Set(rows.map(\.line.order)).count,
            isWhole: rows.first?.more != true)
    }
}

extension Queryable {
    var pickLists: PickListStore { PickListStore(db: self) }
}
