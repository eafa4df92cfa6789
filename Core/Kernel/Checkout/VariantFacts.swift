import Postgres
import Vocabulary

/// What has to be known of a variant to sell it.
struct VariantFacts: Sendable {
    let variant: ID<Variant>
    let listing: ID<Listing>
    let price: Money
    let sku: String?
    let optionsText: String
    let weightGrams: Int
    let requiresShipping: Bool
    let taxCode: String
    let title: String
    let categoryPath: [ID<Category>]
    let isForSale: Bool
    let isPublished: Bool
    let seller: ID<Seller>
    let sellerName: String
    let sellerSlug: String
    let sellerCountry: String
    let origin: Address?
    let holdDays: Int
    let sellerIsOpen: Bool
    let wallet: ID<Wallet>?
    let available: Int
    let imageHash: Bytes?

    /// Nil for a row of nulls: there is no such variant.
    init?(_ c: inout Columns) throws {
        guard let variant = try c.next(ID<Variant>?.self) else { return nil }
        self.variant = variant
        listing = try c.next()
        let amount = try c.next(Int64.self)
        price = Money(amount, try c.next())
        sku = try c.next()
        optionsText = try c.next()
        weightGrams = try c.next()
        requiresShipping = try c.next()
        taxCode = try c.next()
        title = try c.next()
        categoryPath = try c.next()
        isForSale = try c.next()
        isPublished = try c.next()
        seller = try c.next()
        sellerName = try c.next()
        sellerSlug = try c.next()
        sellerCountry = try c.next()
        origin = try c.next(JSON<Address>?.self)?.value
        holdDays = try c.next()
        sellerIsOpen = try c.next()
        wallet = try c.next()
        available = try c.next()
        imageHash = try c.next()
    }
}
