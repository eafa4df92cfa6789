import Vocabulary

/// A listing with the shipping profile that it goes by.
public struct ShippedListing: Hashable, Sendable {
    public let id: ID<Listing>
    public let title: String
    /// Nil when it goes by the shop's default.
    public let profile: ID<ShippingProfile>?

    /// How many may be given a profile at once; more than a page of them has.
    public static let countMax = 200
}

extension Marketplace {
    /// The shop's drafts and published listings, newest first, with the profile that each names.
    public func shippedListings(
        as member: SellerMember, _ page: PageRequest = PageRequest()
    ) async throws -> Page<ShippedListing> {
        try member.require(.readListings)
        return try await database.shippingProfiles.listListings(of: member.seller, page)
    }

    /// Has listings go by a shipping profile, all of them or none; by the shop's default when it is
    /// nil. Checkouts that are open keep the prices that they were quoted.
    /// - Returns: how many went by another one before.
    /// - Throws: ``ListingRefusal``: `unknown` when a listing is not this shop's,
    ///   `shippingProfileUnknown` when the profile is not, `blocked`. ``InputRefusal`` for more
    ///   than ``ShippedListing/countMax``.
    @discardableResult
    public func chooseShippingProfile(
        _ profile: ID<ShippingProfile>?, for listings: [ID<Listing>], as member: SellerMember
    ) async throws -> Int {
        try member.require(.editListings)
        let asked = Set(listings)
        guard asked.count <= ShippedListing.countMax else {
            throw InputRefusal(
                .wrong("At most \(ShippedListing.countMax) listings at once."), field: "listings")
        }
        return try await refusingListingConstraints {
            try await database.transaction { tx in
                if let profile,
                    try await tx.shippingProfiles.find(profile, of: member.seller) == nil
                {
                    throw ListingRefusal.shippingProfileUnknown
                }
                let held = try await tx.shippingProfiles.lock(Array(asked), of: member.seller)
                guard held.count == asked.count else { throw ListingRefusal.unknown }
                let changed = held.filter { $0.profile != profile }
                guard changed.allSatisfy({ $0.state != .blocked }) else {
                    throw ListingRefusal.blocked
                }
                guard !changed.isEmpty else { return 0 }
                let ids = changed.map(\.id)
                let names = ids.map(\.description)
                let before = try await tx.audit.before("listing", names)
                try await tx.shippingProfiles.choose(profile, for: ids)
                try await tx.listings.refresh(ids)
                _ = try await tx.batch(
                    names.map {
                        AuditStore.statement(
                            "listing.edited", on: "listing", $0, by: member, before: before[$0])
                    })
                return changed.count
            }
        }
    }
}
