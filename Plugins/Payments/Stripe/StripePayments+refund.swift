public import ProviderKit
import Vocabulary

extension StripePayments {
    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        var form = StripeForm()
        form.set("payment_intent", try await intentID(of: request.reference, context))
        form.set("amount", try StripeAmount.units(request.amount))
        form.set("reason", "requested_by_customer")
        form.set("metadata[guildhall_refund]", request.refundID)
        form.set("metadata[guildhall_reference]", request.reference)
        form.set(StripeMark.key, StripeMark.key(context.idempotencyKey))
        let body = try await stripe.post(RefundBody.self, "/v1/refunds", form, "refund", context) {
            () throws(ProviderError) in
            try await stripe.made(
                RefundBody.self, "/v1/refunds", by: context.idempotencyKey, now: now(), context)
        }
        return try body.snapshot(of: request.reference)
    }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        let body: RefundBody?
        switch key {
        case .reference(let reference):
            body = try await stripe.find(
                RefundBody.self, "/v1/refunds/\(try Self.path(reference))", context)
        case .idempotencyKey(let key):
            body = try await stripe.made(
                RefundBody.self, "/v1/refunds", by: key, now: now(), context)
        }
        guard let body, let payment = try await paymentReference(of: body, context) else {
            return nil
        }
        return try body.snapshot(of: payment)
    }

    /// The reference of the payment that a refund is of. One that was made by hand at Stripe does
    /// not carry it.
    func paymentReference(
        of refund: RefundBody, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        if let reference = refund.metadata?.guildhallReference { return reference }
        guard let id = refund.paymentIntent?.id else { return nil }
        return try await payment(ofIntent: id, context)?.reference
    }
}
