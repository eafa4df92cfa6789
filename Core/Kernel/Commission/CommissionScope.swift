import Vocabulary

/// For which sales a rule is. Everything that it names has to fit.
public struct CommissionScope: Hashable, Sendable {
    public let seller: ID<Seller>?
    /// With everything below it.
    public let category: ID<Category>?
    public let listing: ID<Listing>?
    public let band: PriceBand?

    public init(
        seller: ID<Seller>? = nil, category: ID<Category>? = nil, listing: ID<Listing>? = nil,
        band: PriceBand? = nil
    ) {
        self.seller = seller
        self.category = category
        self.listing = listing
        self.band = band
    }

    /// What decides between rules that fit, best first.
    public static let precedence =
        "a listing, then a seller, then the deepest category, then a band of prices, then all"

    /// How closely it fits a line, or why it does not.
    func fit(_ line: CommissionLine) -> Fit {
        if let listing, listing != line.listing { return .not("it is for another listing") }
        if let seller, seller != line.seller { return .not("it is for another seller") }
        var depth = 0
        if let category {
            guard let index = line.categoryPath.firstIndex(of: category) else {
                return .not("it is for another category")
            }
            depth = index + 1
        }
        if let band, !band.contains(line.unitPrice) {
            return .not("it is for pieces of \(band)")
        }
        return .closeness(
            Closeness(
                isListing: listing != nil, isSeller: seller != nil, depth: depth,
                isBand: band != nil))
    }

    /// Whether both may fit one sale equally closely.
    func overlaps(_ other: CommissionScope) -> Bool {
        guard seller == other.seller, category == other.category, listing == other.listing else {
            return false
        }
        switch (band, other.band) {
        case (nil, nil): return true
        case (let band?, let other?): return band.overlaps(other)
        default: return false
        }
    }

    enum Fit: Hashable {
        case closeness(Closeness)
        case not(String)
    }

    /// Compared in the order of ``precedence``.
    struct Closeness: Hashable, Comparable {
        let isListing: Bool
        let isSeller: Bool
        /// Of the category, counted from 1; 0 without one.
        let depth: Int
        let isBand: Bool

        static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: (Int, Int, Int, Int) {
            (isListing ? 1 : 0, isSeller ? 1 : 0, depth, isBand ? 1 : 0)
        }

        /// What the rule names, in words.
        var text: String {
            let named = [
                isListing ? "this listing" : nil, isSeller ? "this seller" : nil,
                depth > 0 ? "a category of depth \(depth)" : nil,
                isBand ? "this price" : nil,
            ].compactMap { $0 }
            return named.isEmpty ? "every sale" : named.joined(separator: " and ")
        }
    }
}

/// Pieces that cost so much, and less than so much.
public struct PriceBand: Hashable, Sendable, CustomStringConvertible {
    public let currency: Currency
    /// In minor units, of one piece.
    public let from: Int64
    /// Nil for no end.
    public let below: Int64?

    public init(_ currency: Currency, from: Int64, below: Int64? = nil) {
        self.currency = currency
        self.from = from
        self.below = below
    }

    func contains(_ price: Money) -> Bool {
        price.currency == currency && price.amount >= from
            && below.map { price.amount < $0 } ?? true
    }

    func overlaps(_ other: PriceBand) -> Bool {
        currency == other.currency && below.map { other.from < $0 } ?? true
            && other.below.map { from < $0 } ?? true
    }

    public var description: String {
        let start = "\(Money(from, currency))"
        return below.map { "\(start) to below \(Money($0, currency))" } ?? "\(start) and more"
    }
}

/// What commission is computed on.
public struct CommissionLine: Hashable, Sendable {
    public let seller: ID<Seller>
    public let listing: ID<Listing>
    /// From the root to the listing's own category.
    public let categoryPath: [ID<Category>]
    /// Of one piece, as the customer pays it.
    public let unitPrice: Money
    public let quantity: Int
    public let goods: CommissionBase
    /// The line's part of its order's shipping.
    public let shipping: CommissionBase
    /// Whether the shop's own prices made that shipping: then the rate is taken of it by every
    /// rule, for what a shop asks for shipping would otherwise be a price without commission.
    public let isShippingOwn: Bool

    public init(
        seller: ID<Seller>, listing: ID<Listing>, categoryPath: [ID<Category>], unitPrice: Money,
        quantity: Int, goods: CommissionBase, shipping: CommissionBase,
        isShippingOwn: Bool = false
    ) {
        self.seller = seller
        self.listing = listing
        self.categoryPath = categoryPath
        self.unitPrice = unitPrice
        self.quantity = quantity
        self.goods = goods
        self.shipping = shipping
        self.isShippingOwn = isShippingOwn
    }
}

/// What something brings its seller before commission.
public struct CommissionBase: Hashable, Sendable {
    /// Without the tax that the platform itself hands to the state.
    public let gross: Money
    /// Without any tax.
    public let net: Money

    public init(gross: Money, net: Money) {
        self.gross = gross
        self.net = net
    }

    func amount(_ base: CommissionRule.Base) -> Money { base == .net ? net : gross }
}
