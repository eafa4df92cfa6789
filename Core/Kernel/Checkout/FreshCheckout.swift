import Postgres
import Vocabulary

/// A checkout and what it holds before it is kept, to be written together with others'
/// (``GatheredWrites``).
struct FreshCheckout: Sendable {
    let checkout: Checkout
    let buyer: Buyer
    /// Each variant once.
    let items: [CheckoutItem]
    /// The answer to the request, where it is kept.
    let answer: ReadyAnswer?
}

extension Database {
    /// Writes them in one transaction.
    /// - Throws: `PostgresError`: with the constraint `stock_level_short` when too little is there
    ///   of what one of them wants, and one that ``OnceStore/isTaken(_:)`` knows.
    func write(_ fresh: [FreshCheckout]) async throws {
        // In one order for all, so that twins in two transactions never wait for each other.
        let answers = fresh.compactMap(\.answer).sorted { $0.claim.key.key < $1.claim.key.key }
        // Stock comes last, because it is what others wait for.
        let statements =
            GatheredStore.beginning(of: fresh.count) + [CheckoutStore.insertStatement(fresh)]
            + answers.map(\.statement) + [ReservationStore.reserveStatement(fresh)]
        try await transaction { tx in _ = try await tx.commit(after: statements) }
    }
}
