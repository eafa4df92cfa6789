import Vocabulary

/// Which refunds the back office looks at.
public enum RefundSearch: String, Sendable, CaseIterable {
    case all
    /// Asked for, and not known yet how they end.
    case open
    /// Failed, not asked for again, and their money is still here.
    case failed
}

/// A refund as the back office lists it.
public struct ListedRefund: Sendable {
    /// Without its parts.
    public let refund: Refund
    public let orderNumber: String
    public let purchase: ID<Purchase>
    public let seller: ID<Seller>
    public let sellerName: String
    public let instance: ID<ProviderInstance>
    /// Who gives the money back.
    public let instanceName: String
}

extension Marketplace {
    /// Refunds of all orders for the back office, newest first.
    public func refunds(
        _ search: RefundSearch, _ page: PageRequest
    ) async throws -> Page<ListedRefund> {
        try await database.refundLists.list(search, page)
    }
}
