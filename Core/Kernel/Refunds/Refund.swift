import Postgres
import Vocabulary

/// Money back to the customer for one order. `amount` is what its parts add up to, and goodwill.
public struct Refund: Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable {
        case pending, unknown, succeeded, failed
        /// It was never taken: there was nothing to give back, and nobody was asked.
        case calledOff = "called_off"

        var next: Set<State> {
            switch self {
            case .pending: [.unknown, .succeeded, .failed]
            case .unknown: [.succeeded, .failed]
            // A customer's bank may send it back.
            case .succeeded: [.failed]
            case .failed, .calledOff: []
            }
        }

        /// Whether it is not known yet how it ends.
        var isOpen: Bool { self == .pending || self == .unknown }
    }

    /// What it was asked for.
    public enum Kind: String, SQLText, Sendable, CaseIterable {
        case whole, lines, amount, goodwill
        /// Money that came for an order that was over, on its way back: nothing was sold.
        case stray
    }

    /// Who pays for goodwill.
    public enum Funder: String, SQLText, Sendable, CaseIterable { case platform, seller }

    public let id: ID<Refund>
    public let payment: ID<Payment>
    public let order: ID<Order>
    public let kind: Kind
    /// Of goodwill only.
    public let fundedBy: Funder?
    public let amount: Money
    /// What the platform adds of its own, in minor units; below zero, what it takes back of that.
    public let goodwill: Int64
    public let reason: String
    public let state: State
    public let failure: String?
    /// Nil for refunds from before it was asked.
    public internal(set) var restocking: Restocking?
    /// The refund that failed before.
    public let retries: ID<Refund>?
    public let requestedAt: Instant
    public let settledAt: Instant?
    /// How new the provider's word is that it stands for.
    let version: Int64
    /// What it takes back of each part of the order; none of a stray one.
    public internal(set) var parts: [RefundPart] = []

    /// What it takes back of everybody.
    public var shares: RefundShares { .sum(parts.map(\.shares)) }
}

/// A line of an order, or its shipping, as far as money goes back for it.
public struct RefundPart: Hashable, Sendable {
    /// The line's number in its order; 0 for the shipping.
    public let number: Int
    /// Nil for the shipping.
    public let line: ID<OrderLine>?
    /// How many pieces; none when it is only a part of their price.
    public var quantity: Int
    public var shares: RefundShares

    public init(number: Int, line: ID<OrderLine>?, quantity: Int, shares: RefundShares) {
        self.number = number
        self.line = line
        self.quantity = quantity
        self.shares = shares
    }
}

/// Whose money a part of an order is, in minor units; none is below zero.
public struct RefundShares: Hashable, Sendable {
    public var seller: Int64
    public var commission: Int64
    public var commissionVAT: Int64
    public var taxByPlatform: Int64

    public init(
        seller: Int64, commission: Int64 = 0, commissionVAT: Int64 = 0, taxByPlatform: Int64 = 0
    ) {
        self.seller = seller
        self.commission = commission
        self.commissionVAT = commissionVAT
        self.taxByPlatform = taxByPlatform
    }

    /// What the customer paid for it. Four amounts, each within `Money.amountMax`, always fit.
    public var total: Int64 { seller + commission + commissionVAT + taxByPlatform }

    static func sum(_ all: [RefundShares]) -> RefundShares {
        all.reduce(RefundShares(seller: 0)) { sum, one in
            RefundShares(
                seller: sum.seller + one.seller, commission: sum.commission + one.commission,
                commissionVAT: sum.commissionVAT + one.commissionVAT,
                taxByPlatform: sum.taxByPlatform + one.taxByPlatform)
        }
    }

    /// So much of it, each in proportion by largest remainder: never more than there is of one,
    /// and all of it when everything is taken.
    func taking(_ amount: Int64, _ currency: Currency) throws(MoneyError) -> RefundShares {
        if amount == total { return self }
        let parts = try Money(amount, currency).allocated(by: [
            UInt64(seller), UInt64(commission), UInt64(commissionVAT), UInt64(taxByPlatform),
        ])
        return RefundShares(
            seller: parts[0].amount, commission: parts[1].amount, commissionVAT: parts[2].amount,
            taxByPlatform: parts[3].amount)
    }
}
