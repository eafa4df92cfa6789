import Postgres
import Vocabulary

/// What a provider's first answer means for a payment that was written a moment ago, to be written
/// together with others' (``GatheredWrites``).
struct FreshSettlement: Sendable {
    let settled: SettledPayment
    /// What else is written with it.
    let others: [SQL]
}

extension Database {
    /// Writes them in one transaction.
    /// - Throws: `PostgresError` with the constraint `payment_fresh` when somebody has settled one
    ///   of them since.
    func write(_ settlements: [FreshSettlement]) async throws {
        let statements =
            [PaymentStore.lockFreshStatement(settlements.map(\.settled.held))]
            + settlements.flatMap(\.others) + settlements.map(\.settled).statements
        try await transaction { tx in _ = try await tx.commit(after: statements) }
    }
}
