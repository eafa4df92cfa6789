import Vocabulary

/// How much of an instance is not settled yet, of one kind.
public struct OpenItems: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable, SQLText {
        /// Begun, or authorized and not captured.
        case payment
        /// Asked of the provider, with no answer that settles it.
        case call
        case refund
        /// An order whose share is still to be captured, at its shipment.
        case capture
        case payout
        /// An order whose money the instance holds for its seller.
        case earning
        /// That the provider has not decided.
        case dispute
        /// Stored and not yet applied, or refused and to be looked at.
        case webhook

        public var label: String {
            switch self {
            case .payment: "payments"
            case .call: "calls without an answer"
            case .refund: "refunds"
            case .capture: "captures"
            case .payout: "payouts"
            case .earning: "orders not paid out"
            case .dispute: "disputes"
            case .webhook: "webhooks"
            }
        }
    }

    /// Counting stops here: a thousand or a million, it is not empty.
    public static let countMax = 1000

    public let kind: Kind
    /// Up to `countMax`.
    public let count: Int
}

/// One thing of an instance that is not settled yet.
public struct OpenItem: Hashable, Sendable {
    public let kind: OpenItems.Kind
    /// The payment's, attempt's, refund's, order's, payout's or dispute's id; a webhook's event id.
    public let id: String
    public let state: String
    public let since: Instant
}
