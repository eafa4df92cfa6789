import Vocabulary

/// A thing as lists show it.
public struct ListingCard: Hashable, Sendable, Codable {
    public let id: ID<Listing>
    public let handle: String
    public let title: String
    /// The cheapest variant's.
    public let price: Money
    /// Whether another variant costs more.
    public let hasSeveralPrices: Bool
    public let inStock: Bool
    public let rating: Rating
    public let sellerSlug: String
    public let sellerName: String
    public let image: ShownImage?
    /// Where an import said that the picture is, when none is stored.
    public let imageSourceURL: String?
}

/// A photo as pages show it.
public struct ShownImage: Hashable, Sendable, Codable {
    /// Of what was uploaded: the photo's name.
    public let hash: ContentHash
    /// Of the widest copy, in pixels.
    public let width: Int
    public let height: Int

    public init(hash: ContentHash, width: Int, height: Int) {
        self.hash = hash
        self.width = width
        self.height = height
    }
}

extension ListingCard {
    public var imageHash: ContentHash? { image?.hash }
}

/// Which things are asked for, and in which order.
public struct CardQuery: Hashable, Sendable {
    public enum Sort: String, Sendable, CaseIterable {
        case newest
        case priceUp = "price-up"
        case priceDown = "price-down"
        case rating
        /// How well it fits the text; without a text, newest.
        case relevance
    }

    /// What somebody typed; typing errors are forgiven.
    public var text: String?
    /// Theirs. In German and French a text that names a category finds what is in it, too.
    public var language: Language = .english
    /// The category that the text names.
    var meant: Category?
    /// This category and all below it.
    public var category: Category?
    public var seller: ID<Seller>?
    /// Minor units.
    public var priceMin: Int64?
    /// Minor units.
    public var priceMax: Int64?
    public var inStockOnly = false
    /// Rated with so many stars on average, or more.
    public var starsMin: Int?
    /// What its maker sends to this country, ISO 3166-1 alpha-2.
    public var sentTo: String?
    /// What its maker says that it is, exactly so.
    public var kind: String?
    /// One of its maker's words for it, exactly so.
    public var tag: String?
    /// What attributes say of it: all of these.
    public var attributes: [AttributeWish] = []
    public var sort: Sort = .newest

    public init() {}

    /// How many things that fit a text are ranked by how well they do; of more, any of them are.
    static let candidatesMax = 1000
    static let textLengthMax = 200
}

/// Where the next page of cards starts: the sort's value and the id of the last card.
struct CardCursor: Hashable, Sendable {
    let value: String
    let id: ID<Listing>

    /// Reads `value:id`; nil when there is no cursor.
    /// - Throws: ``InputRefusal`` for text that no page gave out.
    init?(_ text: String?) throws(InputRefusal) {
        guard let text else { return nil }
        guard let colon = text.lastIndex(of: ":"),
            let id = ID<Listing>(text[text.index(after: colon)...]),
            Double(text[..<colon])?.isFinite == true
        else { throw InputRefusal(.wrong("This is not a page of this list."), field: "after") }
        value = String(text[..<colon])
        self.id = id
    }
}
