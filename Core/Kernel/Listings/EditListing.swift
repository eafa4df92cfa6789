import Postgres
import Vocabulary

extension Marketplace {
    /// Makes a listing with its variants, as a draft.
    /// - Throws: ``ListingRefusal`` and ``InputRefusal`` that name the field at fault.
    public func createListing(
        _ draft: ListingDraft, as member: SellerMember
    ) async throws -> ListingDetails {
        try member.require(.editListings)
        let checked = try draft.checked()
        let id = ID<Listing>()
        do {
            return try await save(checked, id: id, state: .draft, as: member)
        } catch ListingRefusal.handleTaken where draft.handle == nil {
            // Nobody chose this handle, so a number makes it free.
            var numbered = checked
            numbered.handle = (checked.handle ?? "item") + "-\(UInt32.random(in: 1000...999_999))"
            return try await save(numbered, id: id, state: .draft, as: member)
        }
    }

    /// Changes a listing and its variants. Variants that the draft leaves out are archived; their
    /// ids stay for old orders.
    /// - Throws: ``ListingRefusal``; `unknown` when it is not this shop's.
    @discardableResult
    public func editListing(
        _ id: ID<Listing>, _ draft: ListingDraft, as member: SellerMember
    ) async throws -> ListingDetails {
        try member.require(.editListings)
        guard let present = try await database.listings.find(id, of: member.seller) else {
            throw ListingRefusal.unknown
        }
        var draft = draft
        draft.handle = draft.handle ?? present.handle
        return try await save(try draft.checked(), id: id, state: nil, as: member)
    }

    private func save(
        _ draft: ListingDraft, id: ID<Listing>, state: Listing.State?, as member: SellerMember
    ) async throws -> ListingDetails {
        try await refusingListingConstraints {
            try await database.transaction { tx in
                try await check(draft, of: member.seller, in: tx)
                var present: [PresentVariant] = []
                var state = state ?? .draft
                let before = try await tx.audit.before("listing", id.description)
                if let listing = try await tx.listings.lock(id, of: member.seller) {
                    guard listing.state != .blocked else { throw ListingRefusal.blocked }
                    state = listing.state
                    present = try await tx.variants.listPresent(in: [id])
                }
                let variants = try VariantRow.rows(
                    draft.variants, of: id, seller: member.seller, present: present)
                try await tx.listings.save([
                    ListingRow(draft, id: id, of: member.seller, state: state)
                ])
                try await tx.saveAttributes(draft.attributes, of: id, in: draft.category)
                try await tx.variants.deactivate(in: [id], keeping: variants.map(\.id))
                try await tx.variants.save(variants)
                try await tx.stock.set(
                    variants.compactMap(\.count),
                    cause: .set, by: member.account)
                try await tx.listings.refresh([id])
                try await tx.audit.record(
                    before.json == nil ? "listing.created" : "listing.edited", on: "listing",
                    id.description, by: member, before: before)
                return try await details(of: id, seller: member.seller, in: tx)
            }
        }
    }

    private func check(
        _ draft: ListingDraft, of seller: ID<Seller>, in tx: Transaction
    ) async throws {
        if let wallet = draft.wallet,
            try await tx.wallets.find(wallet, of: seller) == nil
        {
            throw ListingRefusal.walletUnknown
        }
        if let profile = draft.shippingProfile,
            try await tx.shippingProfiles.find(profile, of: seller) == nil
        {
            throw ListingRefusal.shippingProfileUnknown
        }
        if let category = draft.category, try await tx.categories.hold(category) == nil {
            throw ListingRefusal.categoryUnknown
        }
    }

    /// A listing with everything on it, for its seller.
    /// - Throws: ``ListingRefusal/unknown`` when it is not this shop's.
    public func listing(
        _ id: ID<Listing>, as member: SellerMember
    ) async throws -> ListingDetails {
        try member.require(.readListings)
        return try await details(of: id, seller: member.seller, in: database)
    }

    /// The shop's listings, newest first.
    /// - Parameter text: a part of the title, or how a SKU begins; nil or blank for all.
    /// - Throws: ``InputRefusal`` for a text that is too long or has control characters.
    public func listings(
        in state: Listing.State?, containing text: String? = nil, as member: SellerMember,
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<ListingSummary> {
        try member.require(.readListings)
        return try await database.listings.list(
            of: member.seller, state,
            containing: try InputText.optionalLine(
                text, field: "text", lengthMax: Listing.searchLengthMax), page)
    }

    /// A shop's listings, newest first, for administrators.
    public func listings(
        of seller: ID<Seller>, in state: Listing.State?, _ page: PageRequest = PageRequest()
    ) async throws -> Page<ListingSummary> {
        try await database.listings.list(of: seller, state, containing: nil, page)
    }

    func details(
        of id: ID<Listing>, seller: ID<Seller>, in db: any Queryable
    ) async throws -> ListingDetails {
        guard let listing = try await db.listings.find(id, of: seller) else {
            throw ListingRefusal.unknown
        }
        return ListingDetails(
            listing: listing, variants: try await db.variants.list(of: id),
            images: try await db.images.list(of: id),
            attributes: try await db.listingAttributes.find([id])[id] ?? [])
    }
}

/// Runs `statement`; what the catalogue's constraints refuse becomes a ``ListingRefusal``. Where
/// what is asked of things changed since it was read, it runs once more and reads that.
func refusingListingConstraints<Value>(
    _ statement: () async throws -> Value
) async throws -> Value {
    do {
        return try await refusingConstraints(statement)
    } catch let error as PostgresError where isAskedOtherwise(error) {
        return try await refusingConstraints(statement)
    }
}

private func isAskedOtherwise(_ error: PostgresError) -> Bool {
    error.constraint == "listing_attribute_category"
        || error.constraint == "listing_attribute_number"
}

private func refusingConstraints<Value>(
    _ statement: () async throws -> Value
) async throws -> Value {
    do {
        return try await statement()
    } catch let error as PostgresError {
        switch error.constraint {
        case "listing_handle_key": throw ListingRefusal.handleTaken
        case "variant_sku_key": throw ListingRefusal.skuTaken
        case "variant_options_key": throw ListingRefusal.optionsTwice
        case "listing_shipping_profile_fkey": throw ListingRefusal.shippingProfileUnknown
        default: throw error
        }
    }
}
