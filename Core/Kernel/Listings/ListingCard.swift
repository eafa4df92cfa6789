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

        var isByPrice: Bool { self == .priceUp || self == .priceDown }
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
    /// In which prices are asked for, counted in bands and put in order. What is sold in another
    /// currency has none of the prices that are asked for, and comes last in an order by price.
    public var currency: Currency = .eur
    /// Minor units of ``currency``.
    public var priceMin: Int64?
    /// Minor units of ``currency``.
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
    /// Of an order by price, which of it; nil for all that fits.
    var stretch: PriceStretch?

    public init() {}

    var asksForPrice: Bool { priceMin != nil || priceMax != nil }

    /// How many things that fit a text are ranked by how well they do; of more, any of them are.
    static let candidatesMax = 1000
    static let textLengthMax = 200
}

/// Where the next page of cards starts: the sort's value and the id of the last card.
struct CardCursor: Hashable, Sendable {
    /// Of the last card's price, in an order by price.
    let currency: Currency?
    let value: String
    let id: ID<Listing>

    /// Reads `value:id` and `currency:value:id`; nil when there is no cursor.
    /// - Throws: ``InputRefusal`` for text that no page gave out.
    init?(_ text: String?) throws(InputRefusal) {
        guard let text else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let currency = parts.count == 3 ? Currency(String(parts[0])) : nil
        guard let last = parts.last, let id = ID<Listing>(last),
            parts.count == 2 || currency != nil,
            Double(parts[parts.count - 2])?.isFinite == true
        else { throw InputRefusal(.wrong("This is not a page of this list."), field: "after") }
        self.currency = currency
        value = String(parts[parts.count - 2])
        self.id = id
    }

    /// The text of the cursor behind a card.
    static func text(_ card: ListingCard, key: String, _ sort: CardQuery.Sort) -> String {
        (sort.isByPrice ? "\(card.price.currency.code):" : "") + "\(key):\(card.id)"
    }
}
