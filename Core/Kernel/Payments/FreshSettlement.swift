import Postgres
import Vocabulary

/// What a provider's first answer means for a payment that was written a moment ago, to be written
/// together with others' (``GatheredWrites``).
struct FreshSettlement: Sendable {
    let settled: SettledPayment
    /// The answer to the request, where it is kept.
    let answer: SQL?
    /// Until when its purchase waits now, which has the last word on that.
    let until: [SQL]
}

extension Database {
    /// Writes them in one transaction.
    /// - Throws: `PostgresError` with the constraint `payment_fresh` when somebody has settled one
    ///   of them since.
    func write(_ settlements: [FreshSettlement]) async throws {
        let statements =
            GatheredStore.beginning(of: settlements.count)
            + [PaymentStore.lockFreshStatement(settlements.map(\.settled.held))]
            + settlements.compactMap(\.answer) + settlements.map(\.settled).statements
            + settlements.flatMap(\.until)
        try await transaction { tx in _ = try await tx.commit(after: statements) }
    }
}
