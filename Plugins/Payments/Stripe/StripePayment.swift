import ProviderKit
import Vocabulary

/// A payment as Stripe keeps it: a PaymentIntent, in a Checkout Session or by itself.
struct StripePayment: Sendable {
    var session: SessionBody?
    var intent: IntentBody?
    /// Given back, in Stripe's units.
    var refunded: Int64 = 0

    /// The session's id where there is one, because it exists before its intent does.
    var reference: String { session?.id ?? intent?.id ?? "" }

    func snapshot() throws(ProviderError) -> PaymentSnapshot {
        let status = try status
        guard
            let code = intent?.currency ?? session?.currency,
            let zero = StripeAmount.money(0, code),
            let authorized = StripeAmount.money(
                status == .authorized || status == .captured ? intent?.amount ?? 0 : 0, code),
            let captured = StripeAmount.money(
                status == .captured ? intent?.amountReceived ?? 0 : 0, code),
            let refunded = StripeAmount.money(refunded, code)
        else { throw .ambiguous(message: "The payment's currency or amount is not known.") }
        let metadata = session?.metadata ?? intent?.metadata
        let failure = status == .failed ? failure : nil
        return PaymentSnapshot(
            reference: reference, paymentID: metadata?.guildhallPayment, status: status,
            authorized: authorized, captured: captured,
            refunded: captured.isPositive ? refunded : zero,
            version: Self.version(status, captured: captured, refunded: refunded),
            failureCode: failure?.code, failureMessage: failure?.message)
    }

    /// Stripe numbers no changes, so the number is made of what may only grow: how far the payment
    /// is, and then what was captured and given back.
    ///
    /// The steps stand in such an order that no payment goes downwards: an open one is processed
    /// or fails; what failed may be tried again and be authorized; what is authorized is released
    /// or captured; and `succeeded` is a PaymentIntent's last status, so that news of money is
    /// never older than news of none. Captured and refunded totals grow, with one exception: when
    /// a refund fails after it succeeded, Stripe lowers its total. The payment's snapshot is then
    /// no news, and the refund's own is.
    static func version(_ status: PaymentStatus, captured: Money, refunded: Money) -> Int64 {
        let step: Int64 =
            switch status {
            case .requiresAction: 1
            case .processing: 2
            case .failed: 3
            case .authorized: 4
            case .voided, .expired: 5
            case .captured: 6
            }
        // Two amounts of at most 10^15 fit below bit 52.
        return step << 52 + min(captured.amount + refunded.amount, 1 << 52 - 1)
    }

    private var status: PaymentStatus {
        get throws(ProviderError) {
            guard let session else {
                guard let intent else { return .requiresAction }
                return try Self.status(intent)
            }
            switch session.status {
            case "expired": return .expired
            // A card that was declined in an open session may be followed by another one.
            case "open": return .requiresAction
            case "complete":
                guard let intent else { return .processing }
                let status = try Self.status(intent)
                // The customer has left the page: there is nothing more to be done there.
                return status == .requiresAction ? .processing : status
            default:
                throw .ambiguous(
                    message: "The session is \((session.status ?? "nothing").prefix(40)).")
            }
        }
    }

    private static func status(_ intent: IntentBody) throws(ProviderError) -> PaymentStatus {
        switch intent.status {
        case "requires_payment_method": return .failed
        case "requires_confirmation", "requires_action": return .requiresAction
        case "processing": return .processing
        case "requires_capture": return .authorized
        case "succeeded": return .captured
        case "canceled": return .voided
        default:
            throw .ambiguous(message: "The payment is \(intent.status.prefix(40)).")
        }
    }

    private var failure: (code: String, message: String)? {
        let error = intent?.lastPaymentError
        guard
            case .declined(let code, let message, _) = StripeProblem.decline(
                error?.code ?? "payment_failed", error?.declineCode)
        else { return nil }
        return (code, message)
    }
}
