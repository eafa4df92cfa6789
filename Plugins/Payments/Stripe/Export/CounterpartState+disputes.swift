import ProviderKit
import Vocabulary

// Customers who ask their bank for the money back: it is taken at once, with a fee.
extension CounterpartState {
    struct Dispute: Sendable {
        let id: String
        let payment: String
        let created: Int64
    }

    /// In the smallest unit of the payment's currency.
    static let disputeFee: Int64 = 1500

    mutating func dispute(_ reference: String, _ now: Int64) {
        guard let payment = payments.first(where: { ($0.session ?? $0.id) == reference }),
            payment.status == "succeeded"
        else { return }
        let dispute = Dispute(id: next("du"), payment: payment.id, created: now)
        disputes.append(dispute)
        tell("charge.dispute.created", body(dispute))
    }

    private func payment(_ dispute: Dispute) -> Payment? {
        payments.first { $0.id == dispute.payment }
    }

    func body(_ dispute: Dispute) -> CounterpartJSON {
        guard let payment = payment(dispute) else { return .null }
        return [
            "id": .text(dispute.id), "object": "dispute", "amount": .number(payment.received),
            "currency": .text(payment.currency), "status": "needs_response",
            "reason": "product_not_received", "payment_intent": intent(payment),
            "balance_transactions": [
                [
                    "amount": .number(-payment.received), "fee": .number(Self.disputeFee),
                    "currency": .text(payment.currency),
                ]
            ],
            "evidence_details": ["due_by": .number(dispute.created + 7 * 86_400)],
            "created": .number(dispute.created),
        ]
    }

    var disputed: [DisputeSnapshot] {
        disputes.compactMap { dispute in
            guard let payment = payment(dispute),
                let amount = Self.money(payment.received, payment.currency),
                let fee = Self.money(Self.disputeFee, payment.currency)
            else { return nil }
            return DisputeSnapshot(
                reference: dispute.id, paymentReference: payment.session ?? payment.id,
                status: .needsResponse, amount: amount, withdrawn: amount, fee: fee,
                reason: "product_not_received", version: 1)
        }
    }
}

extension StripeCounterpart: CounterpartWithDisputes {
    func customerDisputes(_ reference: String) async {
        state.withLock { $0.dispute(reference, Instant.systemNow.secondsSince1970) }
    }

    var disputes: [DisputeSnapshot] { state.withLock { $0.disputed } }
}
