import Kernel
import ProviderKit
import Vocabulary

extension Given {
    /// Something for sale, in stock.
    public func listing(
        _ title: String = "Bowl", price: Money = Money(2000, .eur), by seller: GivenSeller,
        stock: Int = 10, category: ID<Kernel.Category>? = nil
    ) async throws -> GivenListing {
        let draft = ListingDraft(
            title: title, category: category,
            variants: [VariantDraft(price: price, onHand: stock, grams: 500)])
        let made = try await marketplace.createListing(draft, as: seller.member)
        try await marketplace.publishListing(made.listing.id, as: seller.member)
        let variant = try found(made.variants.first, "the variant")
        return GivenListing(
            id: made.listing.id, variant: variant.id, seller: seller, price: price)
    }

    /// Active test instances of all three kinds; tells the one that takes payments.
    public func providers(
        capture: ProviderInstance.Capture = .atOrder, tax: [String: String] = [:]
    ) async throws -> ID<ProviderInstance> {
        _ = try await instance(.shipping)
        _ = try await instance(.tax, settings: tax)
        return try await instance(.payment, capture: capture)
    }

    /// A catalogue that the shop has looked at and not imported.
    func keptImport(of seller: GivenSeller) async throws -> String {
        let file = Array("Handle,Title,Variant Price\nnew-jug,Jug,19.50\n".utf8)
        let preview = try await marketplace.previewImport(
            file, ImportOptions(), as: seller.member)
        return "\(try found(preview.kept, "a kept import"))"
    }

    /// Where things go.
    public static let address = Address(
        name: "Grace Customer", lines: ["Hauptstraße 5"], city: "Köln", postalCode: "50667",
        country: "DE")
}

/// A published listing with one variant.
public struct GivenListing: Sendable {
    public let id: ID<Listing>
    public let variant: ID<Variant>
    public let seller: GivenSeller
    public let price: Money
}
