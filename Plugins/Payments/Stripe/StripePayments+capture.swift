public import ProviderKit
import Vocabulary

extension StripePayments {
    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        // Several captures of one payment are a privilege of some of Stripe's customers.
        guard request.isFinal else { throw .unsupported(operation: "several captures") }
        let id = try await intentID(of: request.reference, context)
        var form = StripeForm()
        form.set("amount_to_capture", try StripeAmount.units(request.amount))
        form.set("expand[0]", "latest_charge")
        let body = try await stripe.post(
            IntentBody.self, "/v1/payment_intents/\(try Self.path(id))/capture", form, "capture",
            context
        ) { () throws(ProviderError) in
            let intent = try await intent(id, context)
            return intent?.status == "requires_capture" ? nil : intent
        }
        return try await snapshot(body, of: request.reference, context)
    }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        guard let payment = try await payment(reference, context) else {
            throw .invalidRequest(code: "resource_missing", message: "There is no such payment.")
        }
        if payment.session?.status == "open" { return try await expire(reference, context) }
        guard let intent = payment.intent, intent.status != "canceled" else {
            return try payment.snapshot()
        }
        var form = StripeForm()
        form.set("cancellation_reason", "abandoned")
        form.set("expand[0]", "latest_charge")
        let body = try await stripe.post(
            IntentBody.self, "/v1/payment_intents/\(try Self.path(intent.id))/cancel", form,
            "void", context
        ) { () throws(ProviderError) in
            let now = try await self.intent(intent.id, context)
            return now?.status == "canceled" ? now : nil
        }
        return try await snapshot(body, of: reference, context)
    }

    /// Closes the page at which the customer might still pay.
    private func expire(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        let path = "/v1/checkout/sessions/\(try Self.path(reference))"
        var form = StripeForm()
        form.set("expand[0]", "payment_intent.latest_charge")
        let body = try await stripe.post(
            SessionBody.self, path + "/expire", form, "expire", context
        ) { () throws(ProviderError) in
            let session = try await stripe.find(SessionBody.self, path, context)
            return session?.status == "open" ? nil : session
        }
        return try await whole(StripePayment(session: body), context).snapshot()
    }

    /// The payment with this reference, now that its intent is `body`.
    private func snapshot(
        _ body: IntentBody, of reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        let payment = try await whole(StripePayment(intent: body), context)
        var snapshot = try payment.snapshot()
        snapshot.reference = reference
        return snapshot
    }
}
