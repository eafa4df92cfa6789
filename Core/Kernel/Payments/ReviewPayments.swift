import Postgres
import Vocabulary

extension Marketplace {
    /// Payments of which more came than was asked for, or for which money came after they were
    /// over: the newest first, until somebody has looked at them.
    public func paymentsToReview(
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<PaymentCase> {
        try await database.purchaseCases.listToReview(page)
    }

    /// Somebody looked at money that did not fit, and says what was done about it.
    /// - Throws: ``ReceiptRefusal/nothingToReview``; `OrderRefusal.reasonMissing`.
    public func reviewPayment(
        _ id: ID<Payment>, reason: String, as administrator: ID<Account>
    ) async throws {
        let reason = try Self.reason(reason)
        try await database.transaction { tx in
            guard try await tx.receipts.review(id) else { throw ReceiptRefusal.nothingToReview }
            try await tx.audit.record(
                "payment.reviewed", on: "payment", id.description, by: administrator, as: .admin,
                reason: reason, before: ReviewState(isReviewed: false),
                after: ReviewState(isReviewed: true))
        }
    }
}

/// What the audit trail shows of it.
private struct ReviewState: Codable, Sendable {
    let isReviewed: Bool
}
