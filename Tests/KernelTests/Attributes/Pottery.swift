import Kernel
import TestSupport
import Vocabulary

/// Ceramics › Vases, and Wood; of ceramics the material is asked, of vases the height, of all
/// things whether they are made to order.
struct Pottery {
    let market: TestMarketplace
    let admin: Account
    let seller: GivenSeller
    let ceramics: Kernel.Category
    let vases: Kernel.Category
    let wood: Kernel.Category
    let material: Attribute
    let height: Attribute
    let order: Attribute

    var kernel: Marketplace { market.marketplace }

    init(_ market: TestMarketplace) async throws {
        self.market = market
        admin = try await market.given.administrator()
        seller = try await market.given.verifiedSeller()
        let kernel = market.marketplace
        ceramics = try await kernel.createCategory(named: "Ceramics", by: admin.id)
        vases = try await kernel.createCategory(named: "Vases", under: ceramics.id, by: admin.id)
        wood = try await kernel.createCategory(named: "Wood", by: admin.id)
        var material = try await kernel.createAttribute(
            AttributeDraft(name: "Material", names: CategoryNames(de: "Werkstoff")),
            kind: .choice, in: ceramics.id, by: admin.id)
        for (place, name) in ["Stoneware", "Porcelain", "Raku"].enumerated() {
            material = try await kernel.addAttributeValue(
                AttributeValueDraft(name: name, position: place), to: material.id, by: admin.id)
        }
        self.material = material
        height = try await kernel.createAttribute(
            AttributeDraft(name: "Height", unit: "cm", least: 1, most: 300, position: 1),
            kind: .number, in: vases.id, by: admin.id)
        order = try await kernel.createAttribute(
            AttributeDraft(name: "Made to order", position: 2), kind: .flag, in: nil,
            by: admin.id)
    }

    /// For sale.
    @discardableResult
    func thing(
        _ title: String, in category: Kernel.Category?, _ said: [ListingAttribute],
        by maker: GivenSeller? = nil
    ) async throws -> ListingDetails {
        var draft = ListingDraft(
            title: title, category: category?.id,
            variants: [VariantDraft(price: Money(2000, .eur), onHand: 3)])
        draft.attributes = said
        let made = try await kernel.createListing(draft, as: (maker ?? seller).member)
        try await kernel.publishListing(made.listing.id, as: (maker ?? seller).member)
        return made
    }

    func edit(
        _ details: ListingDetails, _ change: (inout ListingDraft) -> Void
    ) async throws -> ListingDetails {
        var draft = ListingDraft(details)
        change(&draft)
        return try await kernel.editListing(details.listing.id, draft, as: seller.member)
    }

    func terms(of details: ListingDetails) async throws -> [String] {
        try await market.database.query(
            "select terms from listing where id = \(details.listing.id)"
        ).decode { c in try c.next([String].self) }.first ?? []
    }
}
