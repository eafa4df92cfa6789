import Kernel
import Vocabulary

struct ListingAnswer: Codable, Sendable {
    enum State: String, Codable, Sendable, CaseIterable {
        case draft, published, archived, blocked

        init(_ state: Listing.State) {
            switch state {
            case .draft: self = .draft
            case .published: self = .published
            case .archived: self = .archived
            case .blocked: self = .blocked
            }
        }

        var kernel: Listing.State {
            switch self {
            case .draft: .draft
            case .published: .published
            case .archived: .archived
            case .blocked: .blocked
            }
        }
    }

    struct VariantAnswer: Codable, Sendable {
        let id: ID<Variant>
        let sku: String?
        let options: [String]
        let price: Money
        let compareAt: Money?
        let grams: Int
        let barcode: String?
        let requiresShipping: Bool
        let taxable: Bool
        let taxCode: String?
        let onHand: Int
        /// Of those, what checkouts hold at this moment.
        let reserved: Int
    }

    let id: ID<Listing>
    let handle: String
    let title: String
    let description: String
    let categoryId: ID<Kernel.Category>?
    let walletId: ID<Wallet>?
    /// Absent: the shop's default profile, when it has one.
    let shippingProfileId: ID<ShippingProfile>?
    let productType: String
    let tags: [String]
    let optionNames: [String]
    let state: State
    /// Published, and the shop verified.
    let isForSale: Bool
    let variants: [VariantAnswer]
    let images: [ImageAnswer]
    /// What is said of it.
    let attributes: [SaidAttributeAnswer]
    let createdAt: Instant

    init(_ details: ListingDetails) {
        let listing = details.listing
        id = listing.id
        handle = listing.handle
        title = listing.title
        description = listing.description
        categoryId = listing.category
        walletId = listing.wallet
        shippingProfileId = listing.shippingProfile
        productType = listing.productType
        tags = listing.tags
        optionNames = listing.optionNames
        state = State(listing.state)
        isForSale = listing.isForSale
        variants = details.variants.map { variant in
            VariantAnswer(
                id: variant.id, sku: variant.sku, options: variant.options, price: variant.price,
                compareAt: variant.compareAt, grams: variant.grams, barcode: variant.barcode,
                requiresShipping: variant.requiresShipping, taxable: variant.taxable,
                taxCode: variant.taxCode, onHand: variant.onHand, reserved: variant.reserved)
        }
        images = details.images.map { ImageAnswer($0) }
        attributes = details.attributes.map { SaidAttributeAnswer($0) }
        createdAt = listing.createdAt
    }
}

struct ImageAnswer: Codable, Sendable {
    enum State: String, Codable, Sendable, CaseIterable { case waiting, making, ready, refused }

    let id: ID<ListingImage>
    /// `/media/<hash>` is the picture once it is ready, `/media/<hash>/640.webp` in a width.
    let hash: String?
    /// Nothing for one that is not stored here.
    let state: State?
    /// Why it was refused.
    let problem: String?
    /// Where an import said that it is, when it is not stored here.
    let sourceUrl: String?
    let alt: String

    init(_ image: ListingImage) {
        id = image.id
        hash = image.hash?.description
        state = image.photo.map { State($0.state) }
        problem = image.photo?.refusal?.explanation
        sourceUrl = image.sourceURL
        alt = image.alt
    }
}

extension ImageAnswer.State {
    fileprivate init(_ state: PhotoProgress.State) {
        switch state {
        case .waiting: self = .waiting
        case .making: self = .making
        case .kept, .ready: self = .ready
        case .refused: self = .refused
        }
    }
}

struct ListingSummaryAnswer: Codable, Sendable {
    let id: ID<Listing>
    let handle: String
    let title: String
    let state: ListingAnswer.State
    let isForSale: Bool
    let priceFrom: Money
    /// All that can be sold at this moment, over all variants.
    let available: Int
    let imageHash: String?

    init(_ listing: ListingSummary) {
        id = listing.id
        handle = listing.handle
        title = listing.title
        state = ListingAnswer.State(listing.state)
        isForSale = listing.isForSale
        priceFrom = listing.priceFrom
        available = listing.available
        imageHash = listing.imageHash?.description
    }
}

struct CategoryAnswer: Codable, Sendable {
    let id: ID<Kernel.Category>
    let parentId: ID<Kernel.Category>?
    let slug: String
    let name: String

    init(_ category: Kernel.Category) {
        id = category.id
        parentId = category.parent
        slug = category.slug
        name = category.name
    }
}
