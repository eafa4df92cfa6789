public import ProviderKit
import Vocabulary

extension StripePayments {
    public func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        guard isSigned(delivery), let event = StripeJSON.decode(EventBody.self, delivery.body)
        else { throw .signatureInvalid }
        return VerifiedWebhook(
            eventID: event.id, kind: String(event.type.prefix(100)),
            occurredAt: Instant(secondsSince1970: event.created), body: delivery.body)
    }

    /// Deliveries come late, twice and in any order, so what they are about is asked for as it is
    /// now; the delivery itself is only a hint.
    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        guard let event = StripeJSON.decode(EventBody.self, webhook.body) else {
            throw .invalidRequest(code: "webhook.malformed", message: "It is not an event.")
        }
        // Live endpoints of Connect get test events too (docs.stripe.com/connect/webhooks).
        guard event.livemode == stripe.isLive else { return [] }
        let subject = event.data.object
        switch subject.object {
        case "payment_intent" where event.account == nil:
            return try await payments(try await payment(ofIntent: subject.named, context))
        case "charge" where event.account == nil:
            guard let intent = subject.paymentIntent else { return [] }
            return try await payments(try await payment(ofIntent: intent.id, context))
        case "checkout.session" where event.account == nil:
            guard subject.metadata?.guildhallPayment != nil else { return [] }
            return try await payments(try await payment(subject.named, context))
        case "refund" where event.account == nil:
            let refund = try await lookupRefund(.reference(subject.named), context)
            return refund.map { [.refund($0)] } ?? []
        case "transfer" where event.account == nil:
            guard subject.metadata?.guildhallPayout != nil,
                let payout = try await lookupPayout(.reference(subject.named), context)
            else { return [] }
            return [.payout(payout)]
        case "dispute" where event.account == nil:
            return try await lookupDispute(subject.named, context).map { [.dispute($0)] } ?? []
        case "account": return try await accounts(subject.named, context)
        default:
            // Capabilities, bank accounts, payouts and the application itself, of a seller: after a
            // payout that failed Stripe asks for another bank account.
            guard let account = event.account else { return [] }
            return try await accounts(account, context)
        }
    }

    private func payments(_ payment: StripePayment?) async throws(ProviderError) -> [PaymentEvent] {
        guard let payment else { return [] }
        return [.payment(try payment.snapshot())]
    }

    private func accounts(
        _ id: String, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        do throws(ProviderError) {
            guard let account = try await account(.reference(id), context),
                account.sellerID != nil
            else { return [] }
            return [.account(account)]
        } catch .invalidRequest(StripeProblem.accountGone, _) {
            return [
                .account(
                    ConnectedAccount(
                        reference: id, isReady: false, isSubmitted: false,
                        restriction: "The account is no longer connected with the platform.",
                        asOf: now()))
            ]
        } catch {
            throw error
        }
    }
}

struct EventBody: Decodable, Sendable {
    struct Holder: Decodable, Sendable { let object: Subject }

    struct Subject: Decodable, Sendable {
        let id: String?
        let object: String
        let paymentIntent: Expandable<Named>?
        let metadata: StripeMetadata?

        var named: String { id ?? "" }
    }

    let id: String
    let type: String
    let created: Int64
    let livemode: Bool
    /// The connected account where it happened; nil for the platform's own.
    let account: String?
    let data: Holder
}
