import Postgres
import Vocabulary

extension Marketplace {
    /// The shop's shipping profiles, oldest first.
    public func shippingProfiles(
        as member: SellerMember, _ page: PageRequest = PageRequest()
    ) async throws -> Page<ShippingProfile> {
        try member.require(.readListings)
        return try await database.shippingProfiles.list(of: member.seller, page)
    }

    /// - Throws: ``ShippingProfileRefusal/unknown`` when it is not this shop's.
    public func shippingProfile(
        _ id: ID<ShippingProfile>, as member: SellerMember
    ) async throws -> ShippingProfile {
        try member.require(.readListings)
        guard let found = try await database.shippingProfiles.find(id, of: member.seller) else {
            throw ShippingProfileRefusal.unknown
        }
        return found
    }

    /// Makes a profile; the shop's first is its default. Checkouts that are open keep the prices
    /// that they were quoted, as with a provider's.
    /// - Throws: ``ShippingProfileRefusal``, ``InputRefusal`` that names the field at fault.
    @discardableResult
    public func createShippingProfile(
        _ draft: ShippingProfileDraft, as member: SellerMember
    ) async throws -> ShippingProfile {
        try await save(ID(), draft, isNew: true, as: member)
    }

    /// Changes a profile, all of it. The default stays the default until another is made it.
    /// - Throws: ``ShippingProfileRefusal``; `unknown` when it is not this shop's.
    ///   ``InputRefusal`` that names the field at fault.
    @discardableResult
    public func editShippingProfile(
        _ id: ID<ShippingProfile>, _ draft: ShippingProfileDraft, as member: SellerMember
    ) async throws -> ShippingProfile {
        try await save(id, draft, isNew: false, as: member)
    }

    private func save(
        _ id: ID<ShippingProfile>, _ draft: ShippingProfileDraft, isNew: Bool,
        as member: SellerMember
    ) async throws -> ShippingProfile {
        try member.require(.editListings)
        let draft = try draft.checked()
        do {
            return try await database.transaction { tx in
                let profiles = tx.shippingProfiles
                // Has other changes of the shop's profiles wait.
                guard try await tx.sellers.lock(member.seller) != nil else {
                    throw SellerRefusal.unknown
                }
                let before = try await profiles.find(id, of: member.seller)
                guard isNew || before != nil else { throw ShippingProfileRefusal.unknown }
                var next = draft
                if isNew {
                    let present = try await profiles.list(
                        of: member.seller, PageRequest(limit: ShippingProfile.countMax))
                    guard present.items.count < ShippingProfile.countMax else {
                        throw ShippingProfileRefusal.tooMany
                    }
                    next.isDefault = next.isDefault || present.items.isEmpty
                } else {
                    next.isDefault = next.isDefault || before?.isDefault == true
                }
                try await profiles.save(id, next, of: member.seller)
                guard let after = try await profiles.find(id, of: member.seller) else {
                    throw ShippingProfileRefusal.unknown
                }
                try await tx.audit.record(
                    isNew ? "shipping-profile.created" : "shipping-profile.edited",
                    on: "shipping_profile", id.description, by: member.account, as: .seller,
                    for: member.seller, before: before.map { ShippingProfileDraft($0) },
                    after: ShippingProfileDraft(after))
                return after
            }
        } catch let error as PostgresError where error.constraint == "shipping_profile_name_key" {
            throw ShippingProfileRefusal.nameTaken
        }
    }

    /// Takes a profile away that no listing names. Without any, the market's providers price all
    /// parcels of the shop again.
    /// - Throws: ``ShippingProfileRefusal``: `unknown` when it is not this shop's, `inUse`,
    ///   `isDefault` while there are others.
    public func deleteShippingProfile(
        _ id: ID<ShippingProfile>, as member: SellerMember
    ) async throws {
        try member.require(.editListings)
        do {
            try await database.transaction { tx in
                let profiles = tx.shippingProfiles
                guard try await tx.sellers.lock(member.seller) != nil,
                    let profile = try await profiles.find(id, of: member.seller)
                else { throw ShippingProfileRefusal.unknown }
                if let title = try await profiles.naming(id, limit: 1).first {
                    throw ShippingProfileRefusal.inUse(title: title)
                }
                let present = try await profiles.list(of: member.seller, PageRequest(limit: 2))
                guard !profile.isDefault || present.items.count == 1 else {
                    throw ShippingProfileRefusal.isDefault
                }
                try await profiles.delete(id)
                try await tx.audit.record(
                    "shipping-profile.deleted", on: "shipping_profile", id.description,
                    by: member.account, as: .seller, for: member.seller,
                    before: ShippingProfileDraft(profile), after: nil)
            }
        } catch let error as PostgresError
            where error.constraint == "listing_shipping_profile_fkey"
        {
            // Somebody chose it for a listing at the same moment.
            throw ShippingProfileRefusal.inUse(
                title: try await database.shippingProfiles.naming(id, limit: 1).first ?? "")
        }
    }
}
