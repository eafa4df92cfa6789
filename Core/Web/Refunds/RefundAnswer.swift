import Kernel
import Vocabulary

/// A refund as sellers and administrators see it.
public struct RefundAnswer: Codable, Sendable {
    public enum RefundState: String, Codable, Sendable, CaseIterable {
        case pending, unknown, succeeded, failed
        /// It was called off before it was taken.
        case calledOff = "called_off"
    }
    public enum RefundKind: String, Codable, Sendable, CaseIterable {
        case whole, lines, amount, goodwill, stray
    }
    /// What it takes back of a line, or of the shipping.
    public struct RefundPartAnswer: Codable, Sendable {
        /// Null for the shipping.
        public let lineId: ID<OrderLine>?
        /// None for a part of the price.
        public let quantity: Int
        /// What the customer gets for it.
        public let amount: Money
        public let sellerShare: Money
        public let commission: Money
        public let commissionVat: Money
        public let taxByPlatform: Money
    }

    public let id: ID<Refund>
    public let kind: RefundKind
    public let fundedBy: RefundInput.Funder?
    public let amount: Money
    public let parts: [RefundPartAnswer]
    /// What the platform adds of its own; below zero, what it takes back of that.
    public let goodwill: Money
    public let reason: String
    public let state: RefundState
    public let failure: String?
    /// Which pieces are for sale again when it has succeeded; null when nobody could choose.
    public let restocking: RefundInput.Restocking?
    /// The refund that failed before.
    public let retries: ID<Refund>?
    public let requestedAt: Instant
    public let settledAt: Instant?

    public init(_ refund: Refund) {
        let currency = refund.amount.currency
        id = refund.id
        kind = RefundKind(rawValue: refund.kind.rawValue) ?? .whole
        fundedBy = refund.fundedBy.flatMap { RefundInput.Funder(rawValue: $0.rawValue) }
        amount = refund.amount
        parts = refund.parts.map { part in
            RefundPartAnswer(
                lineId: part.line, quantity: part.quantity,
                amount: Money(part.shares.total, currency),
                sellerShare: Money(part.shares.seller, currency),
                commission: Money(part.shares.commission, currency),
                commissionVat: Money(part.shares.commissionVAT, currency),
                taxByPlatform: Money(part.shares.taxByPlatform, currency))
        }
        goodwill = Money(refund.goodwill, currency)
        reason = refund.reason
        state = RefundState(rawValue: refund.state.rawValue) ?? .unknown
        failure = refund.failure
        restocking = refund.restocking.flatMap {
            RefundInput.Restocking(rawValue: $0.rawValue)
        }
        retries = refund.retries
        requestedAt = refund.requestedAt
        settledAt = refund.settledAt
    }
}

/// What refunds have left of a line, or of the shipping.
public struct RefundableAnswer: Codable, Sendable {
    /// Null for the shipping.
    public let lineId: ID<OrderLine>?
    public let quantity: Int
    public let amount: Money

    public init(_ part: RefundPart, _ currency: Currency) {
        lineId = part.line
        quantity = part.quantity
        amount = Money(part.shares.total, currency)
    }
}

/// What a refund is for, in words: `2 × Bowl, shipping`.
public enum RefundWords {
    /// Why it was given back: of money that came too late a program says it, of others a person.
    public static func reason(_ reason: String, isStray: Bool) -> String {
        isStray ? localized(name: reason) : reason
    }

    public static func what(_ refund: Refund, titles: [ID<OrderLine>: String]) -> String {
        switch refund.kind {
        case .whole: return localized("everything that was left")
        case .stray: return localized("a payment that came too late")
        case .amount: return localized("a part of the price")
        case .goodwill:
            return refund.fundedBy == .platform
                ? localized("goodwill of the market") : localized("goodwill of the shop")
        case .lines:
            return refund.parts.map { part in
                guard let line = part.line else { return localized("shipping") }
                return "\(part.quantity) × \(titles[line] ?? localized("a thing"))"
            }.joined(separator: ", ")
        }
    }
}
