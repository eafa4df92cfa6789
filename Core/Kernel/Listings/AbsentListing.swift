import Vocabulary

/// A thing that was for sale and is not at the moment, for those who followed an old link.
public struct AbsentListing: Sendable {
    public let title: String
    public let category: ID<Category>?
    public let sellerName: String
    public let sellerSlug: String
    /// Whether its shop has a page.
    public let sellerIsOpen: Bool
    /// Its maker is on holiday: the first moment after. Nil when it is gone for another reason.
    public let backAt: Instant?
}

extension Marketplace {
    /// What may be said of a listing that is not for sale; nil for one that never was, or that the
    /// market took down.
    public func absentListing(_ id: ID<Listing>) async throws -> AbsentListing? {
        try await database.listings.findAbsent(id)
    }
}
