public import ProviderKit
import Vocabulary

extension StripePayments {
    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        switch key {
        case .reference(let reference):
            return try await payment(reference, context)?.snapshot()
        case .idempotencyKey(let key):
            if let session = try await stripe.made(
                SessionBody.self, "/v1/checkout/sessions", by: key, now: now(), context)
            {
                return try await payment(session.id, context)?.snapshot()
            }
            // Without test cards, no payment begins without a session.
            guard !cards.isEmpty else { return nil }
            let intent = try await stripe.made(
                IntentBody.self, "/v1/payment_intents", by: key, now: now(), context)
            guard let intent else { return nil }
            return try await payment(intent.id, context)?.snapshot()
        }
    }

    /// A payment by its reference, as it is now; nil when Stripe does not know it.
    func payment(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> StripePayment? {
        var query = StripeForm()
        if reference.hasPrefix("cs_") {
            query.set("expand[0]", "payment_intent.latest_charge")
            let session = try await stripe.find(
                SessionBody.self, "/v1/checkout/sessions/\(try Self.path(reference))", by: query,
                context)
            guard let session else { return nil }
            return try await whole(StripePayment(session: session), context)
        }
        guard let intent = try await intent(reference, context) else { return nil }
        return try await whole(StripePayment(intent: intent), context)
    }

    func intent(
        _ id: String, _ context: OperationContext
    ) async throws(ProviderError) -> IntentBody? {
        var query = StripeForm()
        query.set("expand[0]", "latest_charge")
        return try await stripe.find(
            IntentBody.self, "/v1/payment_intents/\(try Self.path(id))", by: query, context)
    }

    /// The PaymentIntent of a payment.
    /// - Throws: `invalidRequest` when there is none, or none yet.
    func intentID(
        of reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> String {
        guard reference.hasPrefix("cs_") else { return reference }
        guard let id = try await payment(reference, context)?.intent?.id else {
            throw .invalidRequest(code: "payment_missing", message: "Nothing was paid yet.")
        }
        return id
    }

    /// The payment that an intent belongs to, as it is now; nil when it is not one of ours.
    func payment(
        ofIntent id: String, _ context: OperationContext
    ) async throws(ProviderError) -> StripePayment? {
        guard let intent = try await intent(id, context),
            intent.metadata?.guildhallPayment != nil
        else { return nil }
        guard intent.isOfSession else {
            return try await whole(StripePayment(intent: intent), context)
        }
        guard let session = try await sessionID(ofIntent: id, context) else { return nil }
        return try await payment(session, context)
    }

    func sessionID(
        ofIntent id: String, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        var query = StripeForm()
        query.set("payment_intent", id)
        query.set("limit", 1)
        return try await stripe.get(
            ListBody<SessionBody>.self, "/v1/checkout/sessions", by: query, context
        ).data.first?.id
    }

    /// With its intent, its charge and what was given back.
    func whole(
        _ payment: StripePayment, _ context: OperationContext
    ) async throws(ProviderError) -> StripePayment {
        var payment = payment
        if let intent = payment.session?.paymentIntent {
            switch intent {
            case .object(let body): payment.intent = body
            case .id(let id): payment.intent = try await self.intent(id, context)
            }
        }
        guard let intent = payment.intent, intent.status == "succeeded",
            let charge = intent.latestCharge?.object, charge.amountRefunded > 0
        else { return payment }
        let captured = intent.amountReceived ?? 0
        payment.refunded =
            captured == charge.amount
            ? min(charge.amountRefunded, captured)
            : try await refunded(of: intent.id, upTo: captured, context)
        return payment
    }

    /// What was really given back of a partly captured charge: Stripe's own total counts what was
    /// released as well.
    private func refunded(
        of intent: String, upTo captured: Int64, _ context: OperationContext
    ) async throws(ProviderError) -> Int64 {
        var query = StripeForm()
        query.set("payment_intent", intent)
        query.set("limit", 100)
        let list = try await stripe.get(
            ListBody<RefundBody>.self, "/v1/refunds", by: query, context)
        // Such a number is Stripe's: bounded before anything is added to it.
        let most = max(0, min(captured, Money.amountMax))
        var sum: Int64 = 0
        for refund in list.data where refund.isLive && refund.metadata?.guildhallRefund != nil {
            sum = min(most, sum + min(most, max(0, refund.amount)))
        }
        return sum
    }

    /// An id as a part of a path, and nothing that leads elsewhere.
    static func path(_ id: String) throws(ProviderError) -> String {
        let isID =
            (1...255).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || $0 == 95
            }
        guard isID else {
            throw .invalidRequest(code: "reference", message: "This is not an id of Stripe's.")
        }
        return id
    }
}
