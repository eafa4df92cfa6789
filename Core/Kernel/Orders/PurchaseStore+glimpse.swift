import Postgres
import Vocabulary

extension PurchaseStore {
    /// The first lines of each, and how many there are beyond them.
    func glimpses(of purchases: [ID<Purchase>]) async throws -> [ID<Purchase>: PurchaseGlimpse] {
        let rows = try await db.query(
            """
            select bought.id, line.title, line.image_hash, line.lines
            from unnest(\(purchases)::uuid[]) bought(id)
            cross join lateral (
                select l.title, l.image_hash, count(*) over () as lines, o.id, l.line
                from orders o join order_line l on l.order_id = o.id
                where o.purchase_id = bought.id
                order by o.id, l.line limit \(PurchaseGlimpse.thingsMax)::int
            ) line
            order by bought.id, line.id, line.line
            """
        ).decode { c in
            (
                try c.next(ID<Purchase>.self), try c.next(String.self), try c.next(Bytes?.self),
                try c.next(Int.self)
            )
        }
        return Dictionary(grouping: rows) { $0.0 }.mapValues { lines in
            PurchaseGlimpse(
                titles: lines.map(\.1), pictures: lines.compactMap(\.2),
                more: max(0, lines[0].3 - lines.count))
        }
    }
}
