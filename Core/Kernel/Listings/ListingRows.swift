import Vocabulary

/// A listing as it is written. Property names are the columns of the record set that
/// ``ListingStore`` unpacks.
struct ListingRow: Codable, Sendable, Equatable {
    var id: ID<Listing>
    var seller: ID<Seller>
    var category: ID<Category>?
    var wallet: ID<Wallet>?
    var profile: ID<ShippingProfile>?
    var handle: String
    var title: String
    var description: String
    var type: String
    var tags: [String]
    var options: [String]
    var state: Listing.State
    var currency: Currency

    init(_ draft: ListingDraft, id: ID<Listing>, of seller: ID<Seller>, state: Listing.State) {
        self.id = id
        self.seller = seller
        category = draft.category
        wallet = draft.wallet
        profile = draft.shippingProfile
        handle = draft.handle ?? ""
        title = draft.title
        description = draft.description ?? ""
        type = draft.productType ?? ""
        tags = draft.tags ?? []
        options = draft.optionNames ?? []
        self.state = state
        currency = draft.variants[0].price.currency
    }
}

/// A variant as it is written.
struct VariantRow: Codable, Sendable, Equatable {
    var id: ID<Variant>
    var listing: ID<Listing>
    var seller: ID<Seller>
    var sku: String?
    var options: [String]
    var position: Int
    var price: Int64
    var compare: Int64?
    var currency: Currency
    var grams: Int
    var barcode: String?
    var shipping: Bool
    var taxable: Bool
    var taxcode: String?
    var image: ID<ListingImage>?
    /// How many there are; nil leaves the stock as it is.
    var stock: Int?
    /// How many there were when that was written.
    var stockWas: Int?

    var count: StockCount? {
        stock.map { StockCount(variant: id, onHand: $0, was: stockWas) }
    }

    /// Rows for the variants of a draft. Each takes the id that it names, or that of the present
    /// variant with the same options, or else with the same SKU, or a new one.
    /// - Throws: ``ListingRefusal/variantUnknown`` for an id that is not of this listing.
    static func rows(
        _ drafts: [VariantDraft], of listing: ID<Listing>, seller: ID<Seller>,
        present: [PresentVariant]
    ) throws(ListingRefusal) -> [VariantRow] {
        var taken = Set(drafts.compactMap(\.id))
        guard taken.isSubset(of: Set(present.map(\.id))) else { throw .variantUnknown }
        var rows: [VariantRow] = []
        for (position, draft) in drafts.enumerated() {
            let free = present.filter { !taken.contains($0.id) }
            let options = draft.options ?? []
            let id =
                draft.id ?? free.first { $0.options == options }?.id
                ?? free.first { $0.sku != nil && $0.sku == draft.sku }?.id ?? ID()
            taken.insert(id)
            rows.append(
                VariantRow(
                    id: id, listing: listing, seller: seller, sku: draft.sku, options: options,
                    position: position, price: draft.price.amount,
                    compare: draft.compareAt?.amount, currency: draft.price.currency,
                    grams: draft.grams ?? 0, barcode: draft.barcode,
                    shipping: draft.requiresShipping ?? true, taxable: draft.taxable ?? true,
                    taxcode: draft.taxCode, stock: draft.onHand, stockWas: draft.wasOnHand))
        }
        return rows
    }
}

/// What identifies a variant that exists, archived ones too.
struct PresentVariant: Hashable, Sendable {
    let id: ID<Variant>
    let listing: ID<Listing>
    let sku: String?
    let options: [String]
}
