import Vocabulary

/// What importing one product means to the shop as it is. Pure.
struct ImportPlan: Sendable {
    enum Outcome: Sendable { case created, updated, unchanged }

    let outcome: Outcome
    let listing: ListingRow
    let variants: [VariantRow]
    let images: [ImageRow]
    /// Nil when what is said of it stays.
    let attributes: [ListingAttributeRow]?

    /// What the shop has under a handle.
    struct Present: Sendable {
        let listing: Listing
        /// Active variants as they would be written, with their stock.
        let variants: [VariantRow]
        /// Archived variants too.
        let identities: [PresentVariant]
        let images: [ListingImage]
        let attributes: [ListingAttribute]
    }

    /// - Parameters:
    ///   - said: what attributes say of it; nil leaves that as it is.
    ///   - asked: what is asked in its category.
    /// - Throws: ``InputRefusal`` and ``ListingRefusal`` for what the shop would not take typed
    ///   in by hand either.
    init(
        _ product: ImportedProduct, category: ID<Category>?, present: Present?,
        stored: [String: ContentHash], said: [ListingAttribute]? = nil,
        asked: [Attribute] = [], of seller: ID<Seller>
    ) throws {
        var draft = ListingDraft(
            title: product.title, description: product.description,
            handle: product.handle, category: category ?? present?.listing.category,
            productType: product.type, tags: product.tags, optionNames: product.optionNames,
            variants: product.variants)
        draft.wallet = present?.listing.wallet
        draft.shippingProfile = present?.listing.shippingProfile
        draft = try draft.checked()
        if present?.listing.state == .blocked { throw ListingRefusal.blocked }
        let id = present?.listing.id ?? ID()
        let state = present?.listing.state ?? (product.isPublished ? .published : .draft)
        let listing = ListingRow(draft, id: id, of: seller, state: state)
        let images = Self.images(product, of: id, present: present?.images ?? [], stored: stored)
        var variants = try VariantRow.rows(
            draft.variants, of: id, seller: seller, present: present?.identities ?? [])
        for (place, source) in product.variantImages where variants.indices.contains(place) {
            variants[place].image = images.first { $0.source == source }?.id
        }
        let planned = variants
        attributes = try said.map { try ListingAttributeRow.rows($0, of: id, asked: asked) }
        let isSaid = said == nil || said == present?.attributes
        outcome =
            present.map {
                isSaid ? Self.isSame($0, listing, planned, images) : .updated
            } ?? .created
        self.listing = listing
        self.images = images
        self.variants = variants
    }

    private static func isSame(
        _ present: Present, _ listing: ListingRow, _ variants: [VariantRow], _ images: [ImageRow]
    ) -> Outcome {
        let old = present.variants
        let sameVariants =
            old.count == variants.count
            && zip(old, variants).allSatisfy { old, new in
                var new = new
                new.stock = new.stock ?? old.stock
                new.image = new.image ?? old.image
                return old == new
            }
        let sameImages =
            images.count <= present.images.count
            && zip(present.images, images).allSatisfy { old, new in
                old.id == new.id && old.alt == new.alt
                    && (new.hash == nil || old.hash?.description == new.hash)
            }
        let same = ListingRow(present.listing) == listing && sameVariants && sameImages
        return same ? .unchanged : .updated
    }

    /// The file's pictures in their order. One that the listing has keeps its id; pictures that
    /// only the listing has stay behind them.
    private static func images(
        _ product: ImportedProduct, of listing: ID<Listing>, present: [ListingImage],
        stored: [String: ContentHash]
    ) -> [ImageRow] {
        var rows: [ImageRow] = []
        for image in product.images {
            let hash = stored[image.source]
            let named = ContentHash(image.source.split(separator: "/").last ?? "")
            let known = present.first {
                $0.sourceURL == image.source || ($0.hash != nil && $0.hash == (hash ?? named))
            }
            guard known == nil || !rows.contains(where: { $0.id == known?.id }) else { continue }
            rows.append(
                ImageRow(
                    id: known?.id ?? ID(), listing: listing, position: rows.count + 1,
                    hash: hash?.description, source: image.source,
                    alt: String(image.alt.prefix(200))))
        }
        return rows
    }
}

extension ListingRow {
    init(_ listing: Listing) {
        id = listing.id
        seller = listing.seller
        category = listing.category
        wallet = listing.wallet
        profile = listing.shippingProfile
        handle = listing.handle
        title = listing.title
        description = listing.description
        type = listing.productType
        tags = listing.tags
        options = listing.optionNames
        state = listing.state
        currency = listing.currency
    }
}
