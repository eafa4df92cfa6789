public import ProviderKit
import Vocabulary

extension StripePayments {
    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        if request.method == Self.checkout.code { return try await openSession(request, context) }
        guard cards.contains(where: { $0.code == request.method }) else {
            throw .invalidRequest(code: "method", message: "There is no such way to pay.")
        }
        return try await charge(request, context)
    }

    /// Sends the customer to Stripe's own page.
    private func openSession(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        let units = try StripeAmount.units(request.amount)
        let item = "line_items[0]"
        var form = StripeForm()
        form.set("mode", "payment")
        form.set("\(item)[quantity]", 1)
        form.set("\(item)[price_data][currency]", request.amount.currency.code.lowercased())
        form.set("\(item)[price_data][unit_amount]", units)
        form.set(
            "\(item)[price_data][product_data][name]",
            request.statement.isEmpty ? "Purchase" : String(request.statement.prefix(200)))
        form.set("success_url", request.returnURL)
        form.set("cancel_url", request.returnURL)
        form.set("client_reference_id", String(request.paymentID.prefix(200)))
        form.set("customer_email", request.customerEmail)
        form.set("metadata[guildhall_payment]", request.paymentID)
        form.set("metadata[guildhall_flow]", "checkout")
        form.set(StripeMark.key, StripeMark.key(context.idempotencyKey))
        let data = "payment_intent_data"
        form.set("\(data)[capture_method]", request.capture == .now ? "automatic" : "manual")
        form.set("\(data)[transfer_group]", Self.group(request.paymentID))
        form.set("\(data)[description]", request.statement.isEmpty ? nil : request.statement)
        form.set("\(data)[metadata][guildhall_payment]", request.paymentID)
        form.set("\(data)[metadata][guildhall_flow]", "checkout")
        form.set("expand[0]", "payment_intent.latest_charge")
        let body = try await stripe.post(
            SessionBody.self, "/v1/checkout/sessions", form, "start", context
        ) { () throws(ProviderError) in
            try await stripe.made(
                SessionBody.self, "/v1/checkout/sessions", by: context.idempotencyKey,
                now: now(), context)
        }
        let payment = try await whole(StripePayment(session: body), context)
        let next = body.status == "open" ? body.url.map { NextAction.redirect(url: $0) } : nil
        return StartedPayment(snapshot: try payment.snapshot(), next: next ?? .none)
    }

    /// Charges one of Stripe's test cards.
    private func charge(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        var form = StripeForm()
        form.set("amount", try StripeAmount.units(request.amount))
        form.set("currency", request.amount.currency.code.lowercased())
        form.set("capture_method", request.capture == .now ? "automatic" : "manual")
        form.set("confirm", true)
        form.set("payment_method", request.method)
        form.set("payment_method_types[0]", "card")
        form.set("return_url", request.returnURL)
        form.set("receipt_email", request.customerEmail)
        form.set("description", request.statement.isEmpty ? nil : request.statement)
        form.set("transfer_group", Self.group(request.paymentID))
        form.set("metadata[guildhall_payment]", request.paymentID)
        form.set(StripeMark.key, StripeMark.key(context.idempotencyKey))
        form.set("expand[0]", "latest_charge")
        let body = try await stripe.post(
            IntentBody.self, "/v1/payment_intents", form, "start", context
        ) { () throws(ProviderError) in
            try await stripe.made(
                IntentBody.self, "/v1/payment_intents", by: context.idempotencyKey, now: now(),
                context)
        }
        let payment = try await whole(StripePayment(intent: body), context)
        let next = body.status == "requires_action" ? body.nextAction?.redirectToUrl?.url : nil
        return StartedPayment(
            snapshot: try payment.snapshot(),
            next: next.map { NextAction.redirect(url: $0) } ?? .none)
    }

    /// What a payment's charge and the transfers out of it have in common at Stripe.
    static func group(_ paymentID: String) -> String { "guildhall_" + paymentID.prefix(200) }
}
