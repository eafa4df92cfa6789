import Vocabulary

/// Money of an order that moves by itself on a known day.
public struct UpcomingMove: Hashable, Sendable {
    public enum Bucket: String, SQLText, Sendable, CaseIterable {
        /// Pending, until the hold after delivery is over.
        case pending
        /// In reserve, for some days longer.
        case reserved
    }

    public let wallet: ID<Wallet>
    public let bucket: Bucket
    public let order: ID<Order>
    public let orderNumber: String
    public let amount: Money
    /// When it becomes available, but for what the reserve keeps of it.
    public let at: Instant
}

extension Marketplace {
    /// What of a seller's money becomes available on which day, the nearest first. Orders that are
    /// not delivered have no day yet, nor have those that an open dispute holds.
    public func upcomingMoves(
        of seller: ID<Seller>, _ page: PageRequest
    ) async throws -> Page<UpcomingMove> {
        try await database.upcomingMoves.list(of: seller, page)
    }
}
