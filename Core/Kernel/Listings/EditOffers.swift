import Postgres
import Vocabulary

/// A variant with what can be changed of many at once.
public struct EditableOffer: Hashable, Sendable {
    public let variant: ID<Variant>
    public let listing: ID<Listing>
    public let title: String
    public let options: [String]
    public let sku: String?
    public let price: Money
    /// Those that checkouts hold included.
    public let onHand: Int
    public let reserved: Int
}

/// What somebody wants a variant to cost, or how many there to be; nil leaves it as it is.
public struct OfferEdit: Hashable, Sendable {
    public let variant: ID<Variant>
    public let price: Money?
    public let onHand: Int?
    /// How many there were when somebody wrote `onHand`: what was bought since is taken off it.
    /// Nil takes `onHand` as it stands.
    public let wasOnHand: Int?

    public init(variant: ID<Variant>, price: Money?, onHand: Int?, wasOnHand: Int? = nil) {
        self.variant = variant
        self.price = price
        self.onHand = onHand
        self.wasOnHand = wasOnHand
    }

    /// More than a page of them has.
    public static let countMax = 200
}

/// Where the next page of editable variants starts: behind this one.
struct OfferCursor: Hashable, Sendable {
    let listing: ID<Listing>
    let position: Int
    let variant: ID<Variant>

    /// Reads `listing:position:variant`; nil when there is no cursor.
    /// - Throws: ``InputRefusal`` for text that no page gave out.
    init?(_ text: String?) throws(InputRefusal) {
        guard let text else { return nil }
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 3, let listing = ID<Listing>(parts[0]), let position = Int32(parts[1]),
            let variant = ID<Variant>(parts[2])
        else { throw InputRefusal(.wrong("This is not a page of this list."), field: "after") }
        self.listing = listing
        self.position = Int(position)
        self.variant = variant
    }
}

extension Marketplace {
    /// The shop's variants that are meant and may be changed, those of the newest listing first.
    /// - Throws: ``InputRefusal`` for the filter and for a page that is none of this list.
    public func editableOffers(
        _ filter: OfferFilter = OfferFilter(), as member: SellerMember,
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<EditableOffer> {
        try member.require(.readListings)
        let rows = try await database.offers.listEditable(
            of: member.seller, try filter.checked(), after: try OfferCursor(page.after),
            limit: page.limit + 1)
        let shown = rows.prefix(page.limit)
        return Page(
            items: shown.map(\.offer), next: rows.count > page.limit ? shown.last?.cursor : nil)
    }

    /// These variants of the shop, as far as they may be changed.
    public func editableOffers(
        _ variants: [ID<Variant>], as member: SellerMember
    ) async throws -> [EditableOffer] {
        try member.require(.readListings)
        let asked = Array(variants.prefix(OfferEdit.countMax))
        return try await database.offers.editable(asked, of: member.seller)
    }

    /// Changes prices and stock of many variants, all of them or none. Of edits that change nothing
    /// only whose they are is looked at.
    /// - Returns: how many variants changed.
    /// - Throws: ``ListingRefusal``: `variantUnknown` when one is not this shop's, `priceInvalid`,
    ///   `currencyMixed`, `quantityInvalid`, `stockReserved` when checkouts hold more, `blocked`.
    @discardableResult
    public func editOffers(_ edits: [OfferEdit], as member: SellerMember) async throws -> Int {
        try member.require(.editListings)
        let changed = edits.filter { $0.price != nil || $0.onHand != nil }
        guard edits.count <= OfferEdit.countMax else { throw ListingRefusal.tooManyVariants }
        try edits.forEach(check)
        try await database.transaction { tx in
            let present = try await tx.offers.lock(edits.map(\.variant), of: member.seller)
            guard edits.allSatisfy({ present[$0.variant] != nil }) else {
                throw ListingRefusal.variantUnknown
            }
            let levels = try await tx.stock.lock(
                changed.filter { $0.onHand != nil }.map(\.variant))
            var counts: [StockCount] = []
            for edit in changed {
                guard let offer = present[edit.variant], offer.isActive else {
                    throw ListingRefusal.variantUnknown
                }
                guard offer.state != .blocked else { throw ListingRefusal.blocked }
                guard edit.price.map({ $0.currency == offer.currency }) ?? true else {
                    throw ListingRefusal.currencyMixed
                }
                guard let wanted = edit.onHand else { continue }
                guard let level = levels[edit.variant] else { throw ListingRefusal.variantUnknown }
                let count = wanted + (edit.wasOnHand.map { level.onHand - $0 } ?? 0)
                guard count >= level.reserved else { throw ListingRefusal.stockReserved }
                guard count <= VariantDraft.onHandMax else { throw ListingRefusal.quantityInvalid }
                counts.append(StockCount(variant: edit.variant, onHand: count))
            }
            guard !changed.isEmpty else { return }
            try await saveOffers(
                changed.compactMap { edit in edit.price.map { (edit.variant, $0.amount) } },
                counts, of: Set(changed.compactMap { present[$0.variant]?.listing }), as: member,
                tx)
        }
        return changed.count
    }

    private func check(_ edit: OfferEdit) throws(ListingRefusal) {
        if let price = edit.price, !price.isPositive || price.amount > Money.amountMax {
            throw .priceInvalid
        }
        if let onHand = edit.onHand, !(0...VariantDraft.onHandMax).contains(onHand) {
            throw .quantityInvalid
        }
    }
}
