import Vocabulary

/// A listing as the back office looks through them.
public struct ListingFound: Sendable {
    public let id: ID<Listing>
    public let title: String
    public let seller: ID<Seller>
    public let sellerName: String
    public let state: Listing.State
    /// Published, and its seller verified.
    public let isForSale: Bool
    public let priceFrom: Money
    public let createdAt: Instant
    /// Chosen by hand for the shop's first page.
    public let isPicked: Bool
}

extension Marketplace {
    /// Listings of all sellers, newest first, for administrators.
    public func listingsForModeration(
        in state: Listing.State? = nil, of seller: ID<Seller>? = nil,
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<ListingFound> {
        try await database.moderation.list(in: state, of: seller, page)
    }

    /// What one of them says and shows, in any state.
    /// - Throws: ``ListingRefusal/unknown``
    public func contentForModeration(of listing: ListingFound) async throws -> ListingDetails {
        try await details(of: listing.id, seller: listing.seller, in: database)
    }

    /// One of them, in any state.
    /// - Throws: ``ListingRefusal/unknown``
    public func listingForModeration(_ id: ID<Listing>) async throws -> ListingFound {
        guard let found = try await database.moderation.find(id) else {
            throw ListingRefusal.unknown
        }
        return found
    }
}
