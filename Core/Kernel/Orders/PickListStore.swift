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
                (select id, number, purchase_id, wallet_id from orders
                    where seller_id = \(seller) and state = 'paid'
                    order by id limit \(most + 1)::int)
                union all
                (select id, number, purchase_id, wallet_id from orders
                    where seller_id = \(seller) and state = 'partly_shipped'
                    order by id limit \(most + 1)::int)
            ), first as materialized (
                select id, number, purchase_id, wallet_id,
                    (select count(*) from waiting) > \(most)::int as more
                from waiting order by id limit \(most)::int
            )
            select f.more, f.id, f.number, l.variant_id, l.title, l.options_text, l.sku,
                l.quantity - l.shipped - l.withheld, k.gift_message, k.deliver_on::text
            from first f join order_line l on l.order_id = f.id
                join purchase p on p.id = f.purchase_id
                left join checkout_parcel k on k.checkout_id = p.checkout_id
                    and k.wallet_id = f.wallet_id
            where l.quantity > l.shipped + l.withheld
            order by f.id, l.line
            """
        ).decode { c in
            (
                more: try c.next(Bool.self),
                line: PickList.Line(
                    order: try c.next(), number: try c.next(), variant: try c.next(),
                    title: try c.next(), options: try c.next(), sku: try c.next(),
                    quantity: try c.next(), wishes: try ParcelWishes(&c))
            )
        }
        return PickList(
            rows.map(\.line), orders: Set(rows.map(\.line.order)).count,
            isWhole: rows.first?.more != true)
    }

    /// Orders with something left to pack, oldest first.
    func waiting(of seller: ID<Seller>, _ page: PageRequest) async throws -> Page<ID<Order>> {
        func inState(_ state: Order.State) -> SQL {
            """
            (select id from orders where seller_id = \(seller) and state = \(state)
                and (\(page.afterID)::uuid is null or id > \(page.afterID)::uuid)
                order by id limit \(page.limit + 1)::int)
            """
        }
        let rows = try await db.query(
            """
            \(inState(.paid)) union all \(inState(.partlyShipped))
            order by id limit \(page.limit + 1)::int
            """
        ).decode { c in try c.next(ID<Order>.self) }
        return Page(rows, limit: page.limit) { $0.description }
    }
}

extension Queryable {
    var pickLists: PickListStore { PickListStore(db: self) }
}
