import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Writes down that an administrator sent a refund's money back by hand, at a provider that
    /// cannot: the refund has succeeded, and the books say so.
    /// - Throws: ``ReceiptRefusal/nothingToGiveBack``; ``InputRefusal`` for a reference that is
    ///   empty or longer than 100 characters.
    public func confirmRefund(
        _ id: ID<Refund>, of order: ID<Order>, paidBackAs reference: String,
        as administrator: ID<Account>
    ) async throws {
        let reference = try InputText.line(reference, field: "paidBackAs", lengths: 1...100)
        guard let refund = try await database.refunds.find(id), refund.order == order,
            refund.state == .pending || refund.state == .unknown,
            let payment = try await database.payments.find(refund.payment),
            let paid = payment.reference,
            try await providers.payment(payment.instance).isConfirmedByPerson
        else { throw ReceiptRefusal.nothingToGiveBack }
        try await database.transaction { tx in
            try await tx.audit.record(
                "order.refund-confirmed", on: "order", order.description, by: administrator,
                as: .admin, reason: "\(refund.amount), \(reference)",
                before: SentState(refund: id, paidBackAs: nil),
                after: SentState(refund: id, paidBackAs: reference))
        }
        try await settleRefund(
            id, of: payment.id,
            RefundSnapshot(
                reference: reference, paymentReference: paid, refundID: id.description,
                status: .succeeded, amount: refund.amount, version: 1), attempt: nil)
    }
}

/// What the audit trail shows of it.
private struct SentState: Codable, Sendable {
    let refund: ID<Refund>
    let paidBackAs: String?
}
