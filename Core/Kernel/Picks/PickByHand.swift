import Vocabulary

/// A maker whom somebody of the market chose for the shop's first page.
public struct PickedMaker: Hashable, Sendable {
    public let id: ID<Seller>
    public let slug: String
    public let name: String
    public let about: String
    /// ISO 3166-1 alpha-2.
    public let country: String
    public let rating: Rating
}

extension Marketplace {
    /// How many of what was chosen are shown: two rows on a desk.
    public static let pickedListingsMax = 8
    public static let pickedMakersMax = 3

    /// Things that were chosen by hand and are for sale, the newest choice first.
    public func pickedListings() async throws -> [ListingCard] {
        try await cards(of: try await database.picks.listings(limit: Self.pickedListingsMax))
    }

    /// Makers who were chosen by hand and may sell, the newest choice first.
    public func pickedMakers() async throws -> [PickedMaker] {
        try await database.picks.sellers(limit: Self.pickedMakersMax)
    }

    /// Whether a maker was chosen.
    public func isPicked(_ seller: ID<Seller>) async throws -> Bool {
        try await database.picks.contains(seller)
    }

    /// Puts a thing on the shop's first page, or takes it off.
    /// - Throws: ``ListingRefusal/unknown``, and ``ListingRefusal/wrongState`` when it is so
    ///   already.
    public func pick(
        _ listing: ID<Listing>, _ isPicked: Bool, by admin: ID<Account>
    ) async throws {
        try await database.transaction { tx in
            guard try await tx.listings.lock(listing) != nil else { throw ListingRefusal.unknown }
            guard try await tx.picks.save(listing, isPicked, by: admin) else {
                throw ListingRefusal.wrongState
            }
            try await tx.audit.record(
                isPicked ? "listing.picked" : "listing.unpicked", on: "listing",
                listing.description, by: admin, before: Pick(isPicked: !isPicked),
                after: Pick(isPicked: isPicked))
        }
    }

    /// Puts a maker on the shop's first page, or takes them off.
    /// - Throws: ``SellerRefusal/unknown``, and ``SellerRefusal/wrongState`` when it is so already.
    public func pick(_ seller: ID<Seller>, _ isPicked: Bool, by admin: ID<Account>) async throws {
        try await database.transaction { tx in
            guard try await tx.sellers.lock(seller) != nil else { throw SellerRefusal.unknown }
            guard try await tx.picks.save(seller, isPicked, by: admin) else {
                throw SellerRefusal.wrongState
            }
            try await tx.audit.record(
                isPicked ? "seller.picked" : "seller.unpicked", on: "seller", seller.description,
                by: admin, before: Pick(isPicked: !isPicked), after: Pick(isPicked: isPicked))
        }
    }
}

/// What the trail tells of a choice.
private struct Pick: Codable, Sendable {
    let isPicked: Bool
}
