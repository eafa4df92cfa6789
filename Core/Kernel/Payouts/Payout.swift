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
        /// The bank sent it back after it had been paid: its money is available again.
        case returned

        /// The whole life of a payout. Nothing else decides.
        var next: Set<State> {
            switch self {
            case .held: [.sent, .failed]
            case .sent: [.held, .unknown, .paid, .failed]
            case .unknown: [.sent, .paid, .failed]
            case .paid: [.returned]
            // Paid after all; its money is taken back from the seller.
            case .failed: [.paid]
            case .returned: []
            }
        }

        /// Whether it is not known yet how it ends.
        public var isOpen: Bool { self == .held || self == .sent || self == .unknown }
    }

    /// A payout of more orders than this is cut; the rest is the next one's. The ledger takes 500
    /// lines at a time.
    static let ordersMax = 450

    public let id: ID<Payout>
    public let seller: ID<Seller>
    public let wallet: ID<Wallet>
    public let instance: ID<ProviderInstance>
    public let amount: Money
    public let state: State
    /// The provider's own id of it.
    public let reference: String?
    /// Why it failed or came back, for the seller.
    public let failure: String?
    public let tries: Int
    public let createdAt: Instant
    public let settledAt: Instant?
    /// Where it goes, as it was when it was claimed; nil for payouts older than this rule.
    public let destination: WalletDetails?
    /// The plan that it was made by, when somebody planned it.
    public let plan: ID<PayoutPlan>?
    /// Of the provider's newest news.
    let version: Int64
    /// When its provider was last asked to pay without an answer.
    var inDoubtAt: Instant?
    /// When somebody proved that it was paid although it had failed.
    public internal(set) var contradictedAt: Instant?
    /// The orders that it pays; empty in lists.
    public let items: [PayoutItem]

    func with(items: [PayoutItem]) -> Payout {
        Payout(
            id: id, seller: seller, wallet: wallet, instance: instance, amount: amount,
            state: state, reference: reference, failure: failure, tries: tries,
            createdAt: createdAt, settledAt: settledAt, destination: destination, plan: plan,
            version: version, inDoubtAt: inDoubtAt,
            contradictedAt: contradictedAt, items: items)
    }
}

/// What a payout pays for one order.
public struct PayoutItem: Hashable, Sendable, Codable {
    public let order: ID<Order>
    public let amount: Money
    /// 1 unless the order was paid before: what was kept in reserve is paid later, as part 2.
    public let part: Int

    public init(order: ID<Order>, amount: Money, part: Int = 1) {
        self.order = order
        self.amount = amount
        self.part = part
    }
}
