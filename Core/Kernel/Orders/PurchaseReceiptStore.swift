import Postgres
import ProviderKit
import Vocabulary

extension PurchaseStore {
    /// The taxes that were frozen when these were placed, line by line.
    func taxLines(of purchases: [ID<Purchase>]) async throws -> [ID<Purchase>: [TaxLine]] {
        let rows = try await db.query(
            """
            select b.id, c.tax_lines from purchase b join checkout c on c.id = b.checkout_id
            where b.id = any(\(purchases)::uuid[])
            """
        ).decode { c in
            (try c.next(ID<Purchase>.self), try c.next(JSON<[TaxLine]>.self).value)
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// What letters say of purchases; nothing of how they were paid.
    func receipts(of purchases: [ID<Purchase>]) async throws -> [ID<Purchase>: PurchaseReceipt] {
        guard !purchases.isEmpty else { return [:] }
        let answers = try await db.batch([
            "select \(Self.columns) from purchase b where b.id = any(\(purchases)::uuid[])",
            "select id from orders where purchase_id = any(\(purchases)::uuid[])",
        ])
        let orders = try await db.orders.details(
            try answers[1].decode { c in try c.next(ID<Order>.self) })
        let taxes = try await taxLines(of: purchases)
        let receipts = try answers[0].decode(Purchase.init).map { purchase in
            PurchaseReceipt(
                purchase: purchase, orders: orders.filter { $0.order.purchase == purchase.id },
                taxes: try PurchaseReceipt.Tax.sums(of: taxes[purchase.id] ?? []), payment: nil,
                paidWith: nil, method: nil)
        }
        return Dictionary(receipts.map { ($0.purchase.id, $0) }) { first, _ in first }
    }
}
