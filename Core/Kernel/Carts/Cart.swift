import Vocabulary

/// What somebody means to buy, as it is now: prices and stock are looked up each time, nothing is
/// promised before the checkout.
public struct Cart: Sendable {
    /// Everything of one seller, who will send it together.
    public struct Group: Sendable {
        public let seller: ID<Seller>
        public let sellerName: String
        public let sellerSlug: String
        public internal(set) var lines: [CartLine]
    }

    public internal(set) var groups: [Group] = []
    /// Wanted things that do not exist any more, or never did.
    public internal(set) var unknown: [ID<Variant>] = []

    /// Whether some of it can be had only because an earlier checkout of the same buyer, which
    /// holds it, gives way to the next one.
    public internal(set) var isHeldByBuyer = false

    public var lines: [CartLine] { groups.flatMap(\.lines) }
    public var isEmpty: Bool { groups.isEmpty }
    /// Whether every line can be bought as it stands.
    public var isBuyable: Bool { !isEmpty && lines.allSatisfy { $0.problem == nil } }

    /// The currencies of what can be bought, in the order of the cart; one purchase has one.
    public var currencies: [Currency] {
        lines.filter { $0.problem == nil }.map(\.total.currency)
            .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// What can be bought comes to, before shipping and taxes; nil for an empty cart or one in
    /// several currencies.
    public var total: Money? {
        let buyable = lines.filter { $0.problem == nil }
        guard let first = buyable.first else { return nil }
        do { return try Money.sum(buyable.map(\.total), first.total.currency) } catch { return nil }
    }
}

/// One thing of a cart.
public struct CartLine: Sendable {
    public let offer: VariantOffer
    public let quantity: Int
    public let total: Money

    /// Why it cannot be bought as it stands, or nil.
    public var problem: VariantOffer.Problem? { offer.problem(for: quantity) }
}
