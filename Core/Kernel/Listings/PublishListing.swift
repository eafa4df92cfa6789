import Postgres
import Vocabulary

extension Marketplace {
    /// `draft` → `published`: for sale as soon as the shop is verified. Publishing what is
    /// published changes nothing.
    /// - Throws: ``ListingRefusal/noVariants``, ``ListingRefusal/blocked``.
    public func publishListing(_ id: ID<Listing>, as member: SellerMember) async throws {
        try await move(id, to: .published, as: member)
    }

    /// `published` → `draft`.
    public func unpublishListing(_ id: ID<Listing>, as member: SellerMember) async throws {
        try await move(id, to: .draft, as: member)
    }

    /// Out of the lists, kept for old orders. ``unpublishListing(_:as:)`` brings it back.
    public func archiveListing(_ id: ID<Listing>, as member: SellerMember) async throws {
        try await move(id, to: .archived, as: member)
    }

    /// Takes a listing down; its seller cannot bring it back.
    public func blockListing(
        _ id: ID<Listing>, reason: String, by admin: ID<Account>
    ) async throws {
        try await move(id, to: .blocked, reason: reason, by: admin)
    }

    /// `blocked` → `draft`: its seller may publish it again.
    public func unblockListing(
        _ id: ID<Listing>, reason: String, by admin: ID<Account>
    ) async throws {
        try await move(id, to: .draft, reason: reason, by: admin)
    }

    private func move(
        _ id: ID<Listing>, to next: Listing.State, as member: SellerMember
    ) async throws {
        try member.require(.editListings)
        try await database.transaction { tx in
            guard let listing = try await tx.listings.lock(id, of: member.seller) else {
                throw ListingRefusal.unknown
            }
            guard listing.state != .blocked else { throw ListingRefusal.blocked }
            guard listing.state != next else { return }
            guard listing.state.next.contains(next) else { throw ListingRefusal.wrongState }
            if next == .published, try await tx.variants.list(of: id).isEmpty {
                throw ListingRefusal.noVariants
            }
            if next == .published, try await tx.debts.isRestricted(member.seller) {
                throw ListingRefusal.restricted
            }
            let before = try await tx.audit.before("listing", id.description)
            guard try await tx.listings.saveState(id, from: listing.state, to: next) else {
                throw ListingRefusal.wrongState
            }
            try await tx.listings.refresh([id])
            try await tx.audit.record(
                "listing.\(next.rawValue)", on: "listing", id.description, by: member,
                before: before)
        }
    }

    private func move(
        _ id: ID<Listing>, to next: Listing.State, reason: String, by admin: ID<Account>
    ) async throws {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...1000)
        try await database.transaction { tx in
            guard let listing = try await tx.listings.lock(id) else {
                throw ListingRefusal.unknown
            }
            let before = try await tx.audit.before("listing", id.description)
            guard next == .blocked || listing.state == .blocked,
                listing.state.next.contains(next),
                try await tx.listings.saveState(id, from: listing.state, to: next)
            else { throw ListingRefusal.wrongState }
            try await tx.audit.record(
                next == .blocked ? "listing.blocked" : "listing.unblocked", on: "listing",
                id.description, by: admin, reason: reason, before: before)
        }
    }
}
