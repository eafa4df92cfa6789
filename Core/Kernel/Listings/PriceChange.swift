import Vocabulary

/// A change of prices by one rate.
public struct PriceChange: Hashable, Sendable {
    public enum Way: String, Codable, CaseIterable, Sendable { case up, down }

    public let way: Way
    public let rate: PartsPerMillion

    public init(way: Way, rate: PartsPerMillion) {
        self.way = way
        self.rate = rate
    }

    /// The new price, rounded half away from zero to the minor unit; the old one where no amount
    /// could hold it.
    public func applied(to price: Money) -> Money {
        do {
            let part = try rate.of(price)
            let new = try way == .up ? price.adding(part) : price.subtracting(part)
            return new.amount <= Money.amountMax ? new : price
        } catch { return price }
    }
}

/// Of a shop's variants, those that are meant.
public struct OfferFilter: Hashable, Sendable {
    /// A part of the title or the address, or how a SKU begins; nil or blank for all.
    public var text: String?
    /// This branch of the tree, with what is below it.
    public var category: ID<Category>?
    /// Only what is scarce, by the shop's own threshold.
    public var isLow: Bool

    public init(text: String? = nil, category: ID<Category>? = nil, isLow: Bool = false) {
        self.text = text
        self.category = category
        self.isLow = isLow
    }

    /// Trimmed, and none for what is blank.
    /// - Throws: ``InputRefusal`` for a text that is too long or has control characters.
    func checked() throws -> OfferFilter {
        OfferFilter(
            text: try InputText.optionalLine(
                text, field: "text", lengthMax: Listing.searchLengthMax),
            category: category, isLow: isLow)
    }
}

/// What a change of all prices that are meant would do.
public struct PriceChangePreview: Hashable, Sendable {
    /// How many variants are meant; ``countMax`` and one more where there are too many.
    public let count: Int
    /// Says which variants are meant and what they cost: another as soon as one of them does not
    /// cost what it did, or others are meant. Of at most ``seenLengthMax`` characters, and empty
    /// where nothing is meant.
    public let seen: String
    /// The first of them, newest listing first.
    public let examples: [Example]

    /// A variant, and what it would cost.
    public struct Example: Hashable, Sendable {
        public let offer: EditableOffer
        public let price: Money
    }

    /// How many prices are changed at once at most.
    public static let countMax = 500
    /// A SHA-256 in hexadecimal digits.
    public static let seenLengthMax = 64
    /// How many examples are shown.
    static let examplesMax = 10

    public var isTooMany: Bool { count > Self.countMax }
}

/// What became of a change of all prices that were meant.
public struct ChangedPrices: Hashable, Sendable {
    /// How many were meant.
    public let meant: Int
    /// How many cost something else now.
    public let changed: Int
}

/// Why many prices stay as they are.
public enum PriceChangeRefusal: Refusal, CaseIterable {
    case tooMany
    /// Other variants are meant by now than when somebody looked, or they cost something else.
    case othersMeant
    /// One would cost nothing.
    case tooLow

    public var code: String {
        switch self {
        case .tooMany: "price-change.too-many"
        case .othersMeant: "price-change.others-meant"
        case .tooLow: "price-change.too-low"
        }
    }

    public var reason: RefusalReason { .conflict }

    public var explanation: String {
        switch self {
        case .tooMany:
            "At most \(PriceChangePreview.countMax) prices are changed at once. Search for fewer."
        case .othersMeant:
            """
            Meanwhile a price or what is meant was changed, perhaps by a colleague. Nothing was \
            changed now: look at it again.
            """
        case .tooLow: "One of these things would cost nothing. Nothing was changed."
        }
    }
}
