import Vocabulary

/// What importing one product means to the shop as it is. Pure.
struct ImportPlan: Sendable {
    enum Outcome: Sendable { case created, updated, unchanged }

    let outcome: Outcome
    let turn: SaleTurn
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
    ///   - isRestricted: whether the shop may publish nothing.
    /// - Throws: ``InputRefusal`` and ``ListingRefusal`` for what the shop would not take typed
    ///   in by hand either.
    init(
        _ product: ImportedProduct, category: ID<Category>?, present: Present?,
        stored: [String: ContentHash], said: [ListingAttribute]? = nil,
        asked: [Attribute] = [], isRestricted: Bool = false, of seller: ID<Seller>
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
        turn = SaleTurn(
            of: present?.listing.state, isMeantForSale: product.isMeantForSale,
            isRestricted: isRestricted)
        let listing = ListingRow(draft, id: id, of: seller, state: turn.state)
        let (images, named) = Self.images(
            product, of: id, present: present?.images ?? [], stored: stored)
        var variants = try VariantRow.rows(
            draft.variants, of: id, seller: seller, present: present?.identities ?? [])
        for (place, source) in product.variantImages where variants.indices.contains(place) {
            variants[place].image = named[source]
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
        let pictures = present.images.filter { picture in
            !picture.isLost || images.contains { $0.id == picture.id }
        }
        let sameImages =
            images.count <= pictures.count
            && zip(pictures, images).allSatisfy { old, new in
                old.id == new.id && old.alt == new.alt
                    && (new.hash == nil || old.hash?.description == new.hash)
            }
        let same = ListingRow(present.listing) == listing && sameVariants && sameImages
        return same ? .unchanged : .updated
    }

    /// The file's pictures in their order, and which each of its names means. One that the listing
    /// has keeps its id; pictures that only the listing has stay behind them.
    private static func images(
        _ product: ImportedProduct, of listing: ID<Listing>, present: [ListingImage],
        stored: [String: ContentHash]
    ) -> (rows: [ImageRow], named: [String: ID<ListingImage>]) {
        var rows: [ImageRow] = []
        var named: [String: ID<ListingImage>] = [:]
        for image in product.images {
            let hash = stored[image.source]
            let ours = ContentHash(image.source.split(separator: "/").last ?? "")
            let known = present.first {
                $0.sourceURL == image.source || ($0.hash != nil && $0.hash == (hash ?? ours))
            }
            let id = known?.id ?? ID()
            named[image.source] = named[image.source] ?? id
            guard known == nil || !rows.contains(where: { $0.id == known?.id }) else { continue }
            // Our own address for it is not what the shop calls it.
            let isOurs = hash == nil && known?.hash != nil && known?.hash == ours
            rows.append(
                ImageRow(
                    id: id, listing: listing, position: rows.count + 1, hash: hash?.description,
                    source: isOurs ? known?.sourceURL : image.source,
                    alt: String(image.alt.prefix(200))))
        }
        return (rows, named)
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
