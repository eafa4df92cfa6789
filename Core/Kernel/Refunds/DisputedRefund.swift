import Postgres
import Vocabulary

extension Marketplace {
    /// Whether a refund that was asked for, and not made yet, must not be made now: the customer's
    /// bank has taken its money meanwhile. It waits for the decision; when that is against the
    /// shop, the customer has the money, and the refund fails, once nothing of it that was sent
    /// before can arrive any more.
    func isHeldByDispute(
        _ refund: Refund, _ attempt: PaymentAttempt, of payment: Payment
    ) async throws -> Bool {
        switch try await database.disputes.standing(of: refund.order) {
        case .none: return false
        case .open:
            try await database.execute(
                AttemptStore.retryStatement(attempt.id, .sent, error: "a dispute is open"))
        case .lost where attempt.mayHaveArrived:
            try await database.execute(
                AttemptStore.retryStatement(attempt.id, .unknown, error: "a dispute was lost"))
        case .lost:
            // Somebody else may have sent it since.
            guard try await database.attempts.isStillClaimed(attempt) else { return true }
            try await endRefund(
                refund.id, of: payment.id,
                failure: "The customer's bank gave the money back in a dispute.")
        }
        return true
    }
}

extension Transaction {
    /// A refund failed or came back, so that more of its payment is here again: of that, lost
    /// disputes take their part.
    func chargeLostDisputes(of payment: ID<Payment>) async throws {
        for dispute in try await disputes.lost(of: payment) {
            try await charge(dispute, in: try await payments.lock(payment))
        }
    }
}
