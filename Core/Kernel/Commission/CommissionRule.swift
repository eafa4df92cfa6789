import Vocabulary

/// What the market keeps of a sale, for whom and what, and from when until when. A rule is never
/// changed, only ended and followed by another, so that what was charged stays explainable.
public struct CommissionRule: Hashable, Sendable {
    public let id: ID<CommissionRule>
    /// Nil for every seller.
    public let seller: ID<Seller>?
    /// With everything below it; nil for every category.
    public let category: ID<Category>?
    public let rate: PartsPerMillion
    /// On top, for each piece; only for sales in its currency.
    public let fixedPerUnit: Money?
    public let effectiveFrom: Instant
    public let effectiveUntil: Instant?

    public init(
        id: ID<CommissionRule> = ID(), seller: ID<Seller>? = nil, category: ID<Category>? = nil,
        rate: PartsPerMillion, fixedPerUnit: Money? = nil, effectiveFrom: Instant,
        effectiveUntil: Instant? = nil
    ) {
        self.id = id
        self.seller = seller
        self.category = category
        self.rate = rate
        self.fixedPerUnit = fixedPerUnit
        self.effectiveFrom = effectiveFrom
        self.effectiveUntil = effectiveUntil
    }

    func isEffective(at instant: Instant) -> Bool {
        effectiveFrom <= instant && effectiveUntil.map { instant < $0 } ?? true
    }

    /// How closely it fits a line, to compare rules by: seller before category, deep categories
    /// before shallow ones. Nil when it does not fit.
    func closeness(to line: CommissionLine) -> Int? {
        if let seller, seller != line.seller { return nil }
        var closeness = seller == nil ? 0 : 1_000_000
        if let category {
            guard let depth = line.categoryPath.firstIndex(of: category) else { return nil }
            closeness += depth + 1
        }
        return closeness
    }
}

/// What commission is computed on.
public struct CommissionLine: Hashable, Sendable {
    public let seller: ID<Seller>
    /// From the root to the listing's own category.
    public let categoryPath: [ID<Category>]
    /// What the line brings its seller before commission: its price without tax that the platform
    /// itself hands to the state.
    public let base: Money
    public let quantity: Int

    public init(seller: ID<Seller>, categoryPath: [ID<Category>], base: Money, quantity: Int) {
        self.seller = seller
        self.categoryPath = categoryPath
        self.base = base
        self.quantity = quantity
    }
}
