import Postgres
import Vocabulary

/// Lists of refunds, the newest first, by keyset; nothing here changes a row.
struct RefundListStore {
    let db: any Queryable

    /// Of a refund `r` that failed: nobody asked for it again, and its money is still here.
    static let failed: SQL = """
        r.state = 'failed' and exists (
            select from payment_share s
            where s.payment_id = r.payment_id and s.order_id = r.order_id
                and s.captured - s.refunded - s.refund_claimed >= r.amount)
        and not exists (select from refund again where again.retries = r.id)
        """

    func list(_ search: RefundSearch, _ page: PageRequest) async throws -> Page<ListedRefund> {
        let rows = try await db.query(
            """
            select \(RefundStore.columns), o.number, o.purchase_id, o.seller_id, s.name,
                p.instance_id, i.name
            from refund r
                join orders o on o.id = r.order_id
                join seller s on s.id = o.seller_id
                join payment p on p.id = r.payment_id
                join provider_instance i on i.id = p.instance_id
            where \(Self.condition(search))
                and (\(page.afterID)::uuid is null or r.id < \(page.afterID)::uuid)
            order by r.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(ListedRefund.init)
        return Page(rows, limit: page.limit) { $0.refund.id.description }
    }

    private static func condition(_ search: RefundSearch) -> SQL {
        switch search {
        case .all: "true"
        case .open: "r.state in ('pending', 'unknown')"
        case .failed: failed
        }
    }
}

extension Queryable {
    var refundLists: RefundListStore { RefundListStore(db: self) }
}

extension ListedRefund {
    init(_ c: inout Columns) throws {
        refund = try Refund(&c)
        orderNumber = try c.next()
        purchase = try c.next()
        seller = try c.next()
        sellerName = try c.next()
        instance = try c.next()
        instanceName = try c.next()
    }
}
