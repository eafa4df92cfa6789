import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Whether a call that was made before had no effect, so that it may be ended or made again.
    /// When it had one, that is written; when nobody can tell, it is asked again later.
    func mayBeSentAgain(_ attempt: PaymentAttempt, of payment: Payment) async throws -> Bool {
        guard let reference = payment.reference else { return true }
        do {
            let provider = try await providers.payment(payment.instance)
            let before = try await database.captures.sums(of: payment.id)
            let snapshot = try await provider.lookup(
                .reference(reference), context(for: attempt))
            // Totals say something only of sums that were the same before and after.
            if let snapshot, try await database.captures.sums(of: payment.id) == before {
                switch AttemptOutcome.read(snapshot, for: attempt, before) {
                case .notDone: return true
                case .done:
                    try await settle(payment.id, snapshot, after: SettledAttempt(attempt: attempt))
                    return false
                case .unclear: break
                }
            }
        } catch let error as ProviderError {
            try await database.execute(
                AttemptStore.retryStatement(attempt.id, .unknown, after: error))
            return false
        }
        try await database.execute(
            AttemptStore.retryStatement(attempt.id, .unknown, error: "its outcome is not known"))
        return false
    }

    /// What was reserved cannot be taken: the reservation is released, and the customer may pay
    /// another way.
    func giveBack(_ attempt: PaymentAttempt, because error: ProviderError) async throws {
        logger.error(
            "payment.capture-refused",
            metadata: ["attempt": "\(attempt.id)", "error": "\(error)"])
        try await database.transaction { tx in
            var held = try await tx.payments.lock(attempt.payment)
            var statements = [
                AttemptStore.settleStatement(attempt.id, .failed, error: "\(error)")
            ]
            if held.payment.state == .authorized, held.purchase.state == .awaitingPayment {
                held.payment.fail(with: error)
                statements += [
                    PaymentStore.saveStatement(held.payment),
                    AttemptStore.insertStatement(.void, of: attempt.payment, held.payment.amount),
                    Announcements.unpaid("purchase.payment-failed", held.purchase),
                ]
            }
            _ = try await tx.commit(after: statements)
        }
    }
}
