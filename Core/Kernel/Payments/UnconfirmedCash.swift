import Vocabulary

/// A delivery that was to be paid at the door, and nobody said that it was: the commission is not
/// owed yet.
public struct UnconfirmedCash: Hashable, Sendable {
    /// After so many days the seller is reminded.
    public static let dueAfterDays = 7
    /// After so many days the back office may decide that it was paid.
    public static let overdueAfterDays = 14

    public let payment: ID<Payment>
    public let purchase: ID<Purchase>
    public let order: ID<Order>
    public let orderNumber: String
    public let seller: ID<Seller>
    public let sellerName: String
    /// What the customer was to pay.
    public let amount: Money
    /// What of it somebody said that it came.
    public let received: Money
    /// Commission, its VAT and tax that the seller owes the market once it is said.
    public let owed: Money
    public let deliveredAt: Instant
    public let remindedAt: Instant?

    public var dueAt: Instant { deliveredAt.advanced(days: Self.dueAfterDays) }
    public var overdueAt: Instant { deliveredAt.advanced(days: Self.overdueAfterDays) }
    /// What is still to be said.
    public var missing: Money { Money(amount.amount - received.amount, amount.currency) }
}

/// Which deliveries the back office asks for.
public enum CashSearch: Hashable, Sendable {
    case all
    /// Those alone that it may decide about.
    case overdue
    /// An order's or a purchase's number.
    case number(String)
}
