import Postgres
import Vocabulary

extension Marketplace {
    /// Asks a payment's provider how it stands, now: also of one that is over, for which money may
    /// have come later than anybody looked for it. What the provider says takes effect as if it had
    /// told it by itself; where it does not answer, the payment stays as it is, and one that is
    /// still looked for says why at its attempts. Written to the audit trail before it is asked, so
    /// that a question whose answer moved money and that broke off is there, too.
    /// - Throws: ``CaseRefusal/unknown``; `OrderRefusal.reasonMissing`.
    public func askHowPaymentStands(
        _ id: ID<Payment>, reason: String, by admin: ID<Account>
    ) async throws {
        let reason = try Self.reason(reason)
        guard let before = try await database.payments.find(id) else { throw CaseRefusal.unknown }
        try await database.transaction { tx in
            try await tx.audit.record(
                "payment.looked-up", on: "payment", id.description, by: admin, as: .admin,
                reason: reason, before: Standing(before), after: nil)
        }
        try await lookUp(before)
    }
}

/// What the audit trail shows of it: how it stood when its provider was asked.
private struct Standing: Codable, Sendable {
    let state: String
    let captured: Money
    let refunded: Money

    init(_ payment: Payment) {
        state = payment.state.rawValue
        captured = payment.captured
        refunded = payment.refunded
    }
}
