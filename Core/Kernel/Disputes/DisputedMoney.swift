import Postgres
import Vocabulary

/// How an order stands of whose payment a bank has taken money.
enum DisputeStanding: Hashable, Sendable {
    case none
    /// Taken, and not decided.
    case open
    /// The customer has the money back.
    case lost
}

/// Money of an order that goes nowhere until its customer's bank has decided a dispute.
public struct DisputedMoney: Hashable, Sendable {
    public let dispute: ID<Dispute>
    public let status: Dispute.Status
    /// The provider's word: `fraudulent`, `product_not_received`.
    public let reason: String
    public let since: Instant
    public let order: ID<Order>
    public let orderNumber: String
    public let wallet: ID<Wallet>
    /// What the order earned and was not paid out.
    public let amount: Money
}

extension Marketplace {
    /// What of a seller's money open disputes hold, the newest first. Two disputes about one order
    /// both name its money, which is held once.
    public func disputedMoney(
        of seller: ID<Seller>, _ page: PageRequest
    ) async throws -> Page<DisputedMoney> {
        try await database.disputes.held(of: seller, page)
    }
}
