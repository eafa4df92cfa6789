import Postgres
import Vocabulary

/// A purchase and its payment before they are kept, to be written together with others'
/// (``GatheredWrites``).
struct FreshPurchase: Sendable {
    let plan: PurchasePlan
    let payment: PaymentPlan
    /// Claims the key of the request that places it.
    let claim: SQL?
}

extension Database {
    /// Writes them in one transaction.
    /// - Parameter claim: how long the payments' starts belong to whoever calls next.
    /// - Returns: when each was placed, in their order.
    /// - Throws: `PostgresError`: see ``PurchaseStore/insertStatement(_:)`` and
    ///   ``PaymentStore/insertStatement(_:claim:)``.
    func write(
        _ purchases: [FreshPurchase], claim: Duration
    ) async throws -> [PlacedTimes] {
        // In one order for all, so that twins in two transactions never wait for each other.
        let ordered = purchases.sorted { $0.plan.checkout.id < $1.plan.checkout.id }
        // First, so that a twin of a request ends here and not at what the first one wrote.
        let first = GatheredStore.beginning(of: ordered.count) + ordered.compactMap(\.claim)
        let statements =
            first + [
                PurchaseStore.insertStatement(ordered.map(\.plan)),
                PaymentStore.insertStatement(ordered.map(\.payment), claim: claim),
            ]
        let placed = try await transaction { tx in
            try await tx.commit(after: statements)[first.count]
                .decode { c in try PlacedTimes(&c) }
        }
        let times = Dictionary(placed.map { ($0.purchase, $0) }) { first, _ in first }
        return purchases.compactMap { times[$0.plan.id] }
    }
}
