import Postgres
import ProviderKit
import Vocabulary

/// The customer's money for a purchase at one provider instance, which it keeps for life.
public struct Payment: Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable {
        case created
        case requiresAction = "requires_action"
        case processing, unknown, authorized, captured, failed, voided
        /// Money came after the purchase was over, and is on its way back.
        case late

        /// The whole life of a payment. Only a provider's evidence moves it.
        var next: Set<State> {
            switch self {
            case .created, .requiresAction, .processing, .unknown:
                [
                    .requiresAction, .processing, .unknown, .authorized, .captured, .failed,
                    .voided, .late,
                ]
            case .authorized: [.captured, .voided, .failed, .late]
            case .captured: []
            case .failed, .voided: [.late]
            case .late: [.voided, .failed]
            }
        }

        /// Whether money may still come, or came: a purchase has one such payment at most.
        public var isLive: Bool {
            switch self {
            case .created, .requiresAction, .processing, .unknown, .authorized, .captured: true
            case .failed, .voided, .late: false
            }
        }

        /// Whether the outcome is still open.
        public var isPending: Bool {
            switch self {
            case .created, .requiresAction, .processing, .unknown: true
            default: false
            }
        }
    }

    public let id: ID<Payment>
    public let purchase: ID<Purchase>
    public let instance: ID<ProviderInstance>
    public let method: String
    public let amount: Money
    public internal(set) var state: State
    /// Absolute totals of the newest snapshot.
    public internal(set) var authorized: Money
    public internal(set) var captured: Money
    public internal(set) var refunded: Money
    /// What came in all where the payer sends it: a part, more than was asked for, or zero.
    public internal(set) var received: Money
    /// What of it is more than was asked for, share by share where each is paid by itself.
    public internal(set) var excess: Money
    public internal(set) var reference: String?
    /// What the customer has to do next.
    public internal(set) var next: NextAction
    public internal(set) var failureCode: String?
    /// A sentence that the customer may read.
    public internal(set) var failureMessage: String?
    /// When each order's share is captured: with the order, or at its shipment.
    public let capture: ProviderInstance.Capture
    /// The seller got the money; the platform never had it.
    public let isDirect: Bool
    public let createdAt: Instant
    var version: Int64
}

/// One thing that was asked of a provider.
struct PaymentAttempt: Sendable {
    enum Kind: String, SQLText, Sendable { case start, capture, void, refund }

    enum State: String, SQLText, Sendable {
        case intent, sent, succeeded, declined, failed, unknown

        var isOpen: Bool { self == .intent || self == .sent || self == .unknown }
    }

    let id: ID<PaymentAttempt>
    let payment: ID<Payment>
    let kind: Kind
    let order: ID<Order>?
    let refund: ID<Refund>?
    let amount: Money
    let state: State
    let tries: Int
    let createdAt: Instant
    /// When it was first sent under its key, from which on a provider remembers that.
    let firstSentAt: Instant
    /// 1, and one more each time that it is asked anew because its provider has forgotten.
    let keyNumber: Int
    /// When something was last sent under its key that was not answered; of refunds only.
    var inDoubtAt: Instant?
    /// When its payment was over.
    var endedAt: Instant?

    /// What a provider does once. Whatever is asked again under it is asked word for word.
    var idempotencyKey: String { keyNumber == 1 ? "\(id)" : "\(id)-\(keyNumber)" }
}
