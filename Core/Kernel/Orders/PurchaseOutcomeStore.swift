import Postgres
import Vocabulary

/// Every statement on what became of purchases.
struct PurchaseOutcomeStore {
    let db: any Queryable

    /// What ``PurchaseOutcome`` is made of, of a row `p` of `purchase`: indexed look-ups by it.
    /// What came late was never for the purchase.
    static let columns: SQL = """
        p.state = 'paid' and not exists (
            select from orders o where o.purchase_id = p.id and o.state <> 'cancelled'),
        (select coalesce(sum(y.captured), 0)::bigint from payment y
            where y.purchase_id = p.id and y.state <> 'late'),
        (select coalesce(sum(y.refunded), 0)::bigint from payment y
            where y.purchase_id = p.id and y.state <> 'late'),
        exists (
            select from payment y join refund r on r.payment_id = y.id
            where y.purchase_id = p.id and r.state in ('pending', 'unknown'))
        """

    func list(_ ids: [ID<Purchase>]) async throws -> [ID<Purchase>: PurchaseOutcome] {
        let rows = try await db.query(
            "select p.id, \(Self.columns) from purchase p where p.id = any(\(ids)::uuid[])"
        ).decode { c in (try c.next(ID<Purchase>.self), try PurchaseOutcome(&c)) }
        return Dictionary(rows) { first, _ in first }
    }
}

extension Queryable {
    var purchaseOutcomes: PurchaseOutcomeStore { PurchaseOutcomeStore(db: self) }
}

extension PurchaseOutcome {
    init(_ c: inout Columns) throws {
        self.init(
            isAllCancelled: try c.next(), captured: try c.next(), refunded: try c.next(),
            isReturning: try c.next())
    }
}
