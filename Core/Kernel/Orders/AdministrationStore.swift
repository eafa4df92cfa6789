import Postgres
import Vocabulary

/// An order as an administrator sees it.
public struct AdministeredOrder: Sendable {
    public let detail: OrderDetail
    public let purchase: Purchase
    /// All payments that were tried, the newest first.
    public let payments: [Payment]
    /// The other orders of the purchase.
    public let siblings: [ID<Order>]
}

/// What only administrators read.
struct AdministrationStore {
    let db: any Queryable

    func purchase(of id: ID<Purchase>) async throws -> Purchase? {
        try await db.query("select \(PurchaseStore.columns) from purchase b where b.id = \(id)")
            .decode(Purchase.init).first
    }

    func payments(of purchase: ID<Purchase>) async throws -> [Payment] {
        try await db.query(
            """
            select \(PaymentStore.columns) from payment p
            where p.purchase_id = \(purchase) order by p.id desc limit 50
            """
        ).decode(Payment.init)
    }

    func listPayments(
        instance: ID<ProviderInstance>?, state: Payment.State?, _ page: PageRequest
    ) async throws -> Page<Payment> {
        let after = page.after.flatMap(ID<Payment>.init)
        var conditions: SQL = ""
        if let instance { conditions = "\(conditions) and p.instance_id = \(instance)" }
        if let state { conditions = "\(conditions) and p.state = \(state)" }
        let rows = try await db.query(
            """
            select \(PaymentStore.columns) from payment p
            where (\(after)::uuid is null or p.id < \(after)::uuid)\(conditions)
            order by p.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(Payment.init)
        return Page(rows, limit: page.limit) { $0.id.description }
    }
}

extension Queryable {
    var administration: AdministrationStore { AdministrationStore(db: self) }
}
