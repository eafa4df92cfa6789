import Vocabulary

/// A transaction of the books with both sides of it.
public struct LedgerRecord: Sendable {
    public struct Side: Sendable {
        /// `seller_pending:<wallet>:EUR` and the like.
        public let account: String
        /// What it is called for people: the seller's or the provider's name, where there is one.
        public let owner: String?
        /// Positive is credit.
        public let amount: Money
        public let orderNumber: String?
    }

    public let id: Int64
    /// What it was posted for, once: `sale:<payment>:<order>` and the like.
    public let key: String
    public let kind: String
    public let purchase: ID<Purchase>?
    public let bookedAt: Instant
    public let sides: [Side]
}

extension Marketplace {
    /// Transactions of the books, newest first; of one purchase, or all.
    public func ledgerRecords(
        of purchase: ID<Purchase>? = nil, _ page: PageRequest = PageRequest()
    ) async throws -> Page<LedgerRecord> {
        try await database.ledgerRecords.list(of: purchase, page)
    }
}
