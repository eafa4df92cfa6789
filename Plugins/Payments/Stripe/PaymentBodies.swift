import ProviderKit
import Vocabulary

// Stripe's JSON as this module sees it. Only what is read is named.

/// A field that is an id, or the object itself where the call asked for it.
enum Expandable<Body: Decodable & Sendable>: Decodable, Sendable {
    case id(String)
    case object(Body)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let id = try? container.decode(String.self) {
            self = .id(id)
        } else {
            self = .object(try container.decode(Body.self))
        }
    }

    var object: Body? {
        if case .object(let body) = self { return body }
        return nil
    }
}

struct Named: Decodable, Sendable { let id: String }

extension Expandable where Body == Named {
    var id: String {
        switch self {
        case .id(let id): id
        case .object(let body): body.id
        }
    }
}

struct ChargeBody: Decodable, Sendable {
    let id: String
    let amount: Int64
    let amountCaptured: Int64?
    let amountRefunded: Int64
    let paymentIntent: String?
    let metadata: StripeMetadata?
}

struct IntentBody: Marked {
    struct Failure: Decodable, Sendable {
        let code: String?
        let declineCode: String?
    }

    struct Step: Decodable, Sendable {
        struct Redirect: Decodable, Sendable { let url: String? }

        let type: String
        let redirectToUrl: Redirect?
    }

    let id: String
    let amount: Int64
    let amountReceived: Int64?
    let currency: String
    let status: String
    let latestCharge: Expandable<ChargeBody>?
    let lastPaymentError: Failure?
    let nextAction: Step?
    let metadata: StripeMetadata?

    /// Whether it belongs to a Checkout Session, whose id is the payment's reference then.
    var isOfSession: Bool { metadata?.guildhallFlow == "checkout" }
}

struct SessionBody: Marked {
    let id: String
    let url: String?
    /// open, complete, expired
    let status: String?
    let amountTotal: Int64?
    let currency: String?
    let paymentIntent: Expandable<IntentBody>?
    let metadata: StripeMetadata?
}

struct RefundBody: Marked {
    let id: String
    let amount: Int64
    let currency: String
    let status: String?
    let reason: String?
    let paymentIntent: Expandable<Named>?
    let metadata: StripeMetadata?

    /// Whether it gives money back, or may.
    var isLive: Bool { status != "failed" && status != "canceled" }

    /// - Parameter reference: of its payment.
    func snapshot(of reference: String) throws(ProviderError) -> RefundSnapshot {
        guard let amount = StripeAmount.money(amount, currency) else {
            throw .ambiguous(message: "The refund's amount is not one of \(currency.prefix(8)).")
        }
        // A refund that succeeded may fail up to a month later, and stays failed then.
        let (known, version): (TransferStatus, Int64) =
            switch status {
            case "pending", "requires_action": (.pending, 1)
            case "succeeded": (.succeeded, 2)
            case "failed", "canceled": (.failed, 3)
            default:
                throw .ambiguous(message: "The refund is \((status ?? "nothing").prefix(40)).")
            }
        return RefundSnapshot(
            reference: id, paymentReference: reference, refundID: metadata?.guildhallRefund,
            status: known, amount: amount, version: version)
    }
}
