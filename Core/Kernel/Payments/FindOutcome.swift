import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

/// What became of a capture or a void that was sent before, as the payment stands at its provider.
enum AttemptOutcome: Sendable, Equatable {
    case done, notDone
    /// The provider's totals fit both.
    case unclear

    /// - Parameters:
    ///   - booked: minor units that are known to be captured.
    ///   - underWay: minor units of other captures whose outcome is not known.
    static func read(
        _ snapshot: PaymentSnapshot, for attempt: PaymentAttempt, booked: Int64, underWay: Int64
    ) -> AttemptOutcome {
        switch attempt.kind {
        case .void:
            let isOver = [.voided, .failed, .expired].contains(snapshot.status)
            return isOver ? .done : .notDone
        case .capture:
            let captured = snapshot.captured.amount
            if captured < booked + attempt.amount.amount { return .notDone }
            return captured < booked + attempt.amount.amount + underWay ? .unclear : .done
        case .start, .refund: return .unclear
        }
    }
}

extension Marketplace {
    /// Whether a call that was made before had no effect, so that it may be ended or made again.
    /// When it had one, that is written; when nobody can tell, it is asked again later.
    func mayBeSentAgain(_ attempt: PaymentAttempt, of payment: Payment) async throws -> Bool {
        guard let reference = payment.reference else { return true }
        do {
            let provider = try await providers.payment(payment.instance)
            if let snapshot = try await provider.lookup(
                .reference(reference), context(for: attempt))
            {
                let sums = try await database.captures.sums(besides: attempt)
                switch AttemptOutcome.read(
                    snapshot, for: attempt, booked: sums.booked, underWay: sums.underWay)
                {
                case .notDone: return true
                case .done:
                    try await settle(payment.id, snapshot, after: SettledAttempt(attempt: attempt))
                    return false
                case .unclear: break
                }
            }
        } catch let error as ProviderError {
            logger.info("payment.outcome-not-found", metadata: ["error": "\(error)"])
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
