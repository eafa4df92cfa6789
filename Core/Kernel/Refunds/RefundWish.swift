import Vocabulary

/// What somebody wants to give back of an order.
public enum RefundWish: Hashable, Sendable {
    /// All that is left.
    case everything
    /// Pieces of lines at what is left of their price, and the shipping.
    case lines([RefundedLine], shipping: Bool)
    /// A part of the price, spread over lines and shipping in proportion to what is left of them.
    case amount(Money)
    /// A sum out of kindness: commission and tax stay where they are.
    case goodwill(Money, fundedBy: Refund.Funder)
}

/// How many pieces of a line are given back.
public struct RefundedLine: Hashable, Sendable {
    public let line: ID<OrderLine>
    public let quantity: Int

    public init(line: ID<OrderLine>, quantity: Int) {
        self.line = line
        self.quantity = quantity
    }
}

/// What becomes of the pieces that money goes back for, once it has gone back.
public enum Restocking: String, SQLText, Sendable, CaseIterable {
    /// Those that were never shipped are for sale again; those that were may be broken or lost.
    case unshipped
    /// All of them are: what was shipped came back whole.
    case everything
    /// None is.
    case nothing
}

/// What an order's customer can still be given: what was frozen at placement, less every refund
/// that did not fail.
public struct RefundBasis: Hashable, Sendable {
    public let currency: Currency
    /// What is left of each line and of the shipping.
    public let parts: [RefundPart]
    /// Captured, and claimed by no refund, in minor units.
    public let left: Int64
    /// What the platform gave of its own and did not take back, in minor units.
    public let goodwill: Int64

    public init(currency: Currency, parts: [RefundPart], left: Int64, goodwill: Int64) {
        self.currency = currency
        self.parts = parts
        self.left = left
        self.goodwill = goodwill
    }
}
