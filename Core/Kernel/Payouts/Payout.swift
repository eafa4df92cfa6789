import Vocabulary

/// A seller's money on its way out: from one wallet, in one currency, through the provider
/// instance that holds it.
public struct Payout: Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable {
        /// Its orders are claimed and its money is set aside.
        case held
        /// The provider was asked to pay.
        case sent
        /// Nobody knows whether it paid; it is looked up until somebody does.
        case unknown
        case paid, failed

        /// The whole life of a payout. Nothing else decides.
        var next: Set<State> {
            switch self {
            case .held: [.sent]
            case .sent: [.held, .unknown, .paid, .failed]
            case .unknown: [.sent, .paid, .failed]
            case .paid, .failed: []
            }
        }

        public var isOpen: Bool { !next.isEmpty }
    }

    public let id: ID<Payout>
    public let seller: ID<Seller>
    public let wallet: ID<Wallet>
    public let instance: ID<ProviderInstance>
    public let amount: Money
    public let state: State
    /// The provider's own id of it.
    public let reference: String?
    /// Why it failed, for the seller.
    public let failure: String?
    public let tries: Int
    public let createdAt: Instant
    public let settledAt: Instant?
    /// The orders that it pays; empty in lists.
    public let items: [PayoutItem]

    func with(items: [PayoutItem]) -> Payout {
        Payout(
            id: id, seller: seller, wallet: wallet, instance: instance, amount: amount,
            state: state, reference: reference, failure: failure, tries: tries,
            createdAt: createdAt, settledAt: settledAt, items: items)
    }
}

/// Why a wish about payouts was refused.
public enum PayoutRefusal: Refusal, CaseIterable {
    case unknown

    public var code: String { "payout.unknown" }
    public var reason: RefusalReason { .missing }
    public var explanation: String { "There is no such payout." }
}

/// What a payout pays for one order.
public struct PayoutItem: Hashable, Sendable {
    public let order: ID<Order>
    public let amount: Money

    public init(order: ID<Order>, amount: Money) {
        self.order = order
        self.amount = amount
    }
}
