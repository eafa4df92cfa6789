import Vocabulary

/// What a seller offers, as the seller sees it.
public struct Listing: Hashable, Sendable, Codable {
    public let id: ID<Listing>
    public let seller: ID<Seller>
    /// The last part of its address within the shop, and its key in imports.
    public let handle: String
    public let title: String
    /// Plain text with blank lines between paragraphs.
    public let description: String
    public let category: ID<Category>?
    /// Where its earnings settle; nil is the shop's default wallet.
    public let wallet: ID<Wallet>?
    /// How it is sent; nil is the shop's default profile.
    public let shippingProfile: ID<ShippingProfile>?
    public let productType: String
    public let tags: [String]
    /// Up to three: `Size`, `Colour`. Empty for a listing with one variant.
    public let optionNames: [String]
    public let state: State
    /// Published, and its seller verified.
    public let isForSale: Bool
    public let currency: Currency
    public let rating: Rating
    public let createdAt: Instant

    public enum State: String, SQLText, Sendable, CaseIterable, Codable {
        case draft, published, archived
        /// Taken down by an administrator; only one can undo it.
        case blocked

        var next: Set<State> {
            switch self {
            case .draft: [.published, .archived, .blocked]
            case .published: [.draft, .archived, .blocked]
            case .archived: [.draft, .blocked]
            case .blocked: [.draft]
            }
        }
    }

    public static let variantsMax = 100
    /// Of what a seller looks for among the own listings, in characters.
    static let searchLengthMax = 80
    public static let imagesMax = 20
}

/// One choice of a listing: money and stock live here.
public struct Variant: Hashable, Sendable, Codable {
    public let id: ID<Variant>
    public let sku: String?
    /// One value per option name of the listing.
    public let options: [String]
    public let price: Money
    public let compareAt: Money?
    public let grams: Int
    public let barcode: String?
    public let requiresShipping: Bool
    public let taxable: Bool
    public let taxCode: String?
    public let image: ID<ListingImage>?
    /// How many there are, those that checkouts hold included.
    public let onHand: Int
    public let reserved: Int
}

/// A picture of a listing: stored here, or known by its address from an import.
public struct ListingImage: Hashable, Sendable, Codable {
    public let id: ID<ListingImage>
    public let hash: ContentHash?
    public let sourceURL: String?
    public let alt: String
    /// How far it is; nil for one that is elsewhere.
    public var photo: PhotoProgress?
}

/// A listing with everything on it, for its seller.
public struct ListingDetails: Sendable, Codable {
    public let listing: Listing
    public let variants: [Variant]
    public let images: [ListingImage]
    /// What is said of it.
    public let attributes: [ListingAttribute]
}

/// A line of the seller's list.
public struct ListingSummary: Hashable, Sendable, Codable {
    public let id: ID<Listing>
    public let handle: String
    public let title: String
    public let state: Listing.State
    public let isForSale: Bool
    public let priceFrom: Money
    public let inStock: Bool
    /// All that can be sold at this moment, over all variants.
    public let available: Int
    public let imageHash: ContentHash?
    public let imageSourceURL: String?
}
