import Kernel
import Vocabulary
import Web

/// A listing as whoever moderates sees it: all that it says and shows, and what can be decided.
enum ModeratedListingPage {
    static func show(
        _ listing: ListingFound, _ content: ListingDetails, in categories: [Category],
        _ settings: KernelSettings, _ admin: Administrator
    ) -> DeskPage {
        DeskPage(
            .data(listing.title),
            [
                facts(listing, content, categories, settings, admin),
                Block(
                    "What it says",
                    nothing: content.listing.description.isEmpty ? "It says nothing." : nil
                ).quoting(content.listing.description),
                Block(
                    content.images.isEmpty ? nil : "Pictures",
                    pictures: content.images.compactMap { picture($0, of: listing) }),
                variants(content),
            ])
    }

    private static func facts(
        _ listing: ListingFound, _ content: ListingDetails, _ categories: [Category],
        _ settings: KernelSettings, _ admin: Administrator
    ) -> Block {
        let path = "/listings/\(listing.id)"
        let form =
            listing.state == .blocked
            ? DeskForm.reasoned(
                "Let it be published again", to: path + "/release",
                hint: "It becomes a draft, which its seller may publish again.")
            : .dangerous(
                "Block this listing", to: path + "/block",
                hint: """
                    It leaves the shop at once, and its seller cannot publish it again until it \
                    is let go here.
                    """)
        let pick = DeskForm(
            listing.isPicked ? "Take it off the first page" : "Show it on the first page",
            to: path + (listing.isPicked ? "/pick-removal" : "/pick"))
        let category = content.listing.category.flatMap { id in
            categories.first { $0.id == id }
        }
        let tags = content.listing.tags
        return Block(
            facts: [
                Fact("State", state: listing.state.rawValue),
                Fact(
                    "For sale", listing.isForSale ? "yes" : "no",
                    to: listing.isForSale
                        ? "\(settings.storefrontURL)/listings/\(listing.id)" : nil),
                Fact("On the first page", listing.isPicked ? "yes" : "no"),
                Fact("Seller", data: listing.sellerName, to: Links.seller(listing.seller)),
                Fact("From", data: Format.money(listing.priceFrom)),
                Fact(
                    "Category", data: category?.words(in: categories) ?? "—",
                    to: category.map { "/categories/\($0.id)" }),
                Fact("Tags", data: tags.isEmpty ? "—" : tags.joined(separator: ", ")),
                Fact("Since", data: Format.time(listing.createdAt)),
                Fact(
                    "Audit trail", "show", to: Links.trail("listing", listing.id.description)),
            ], forms: CataloguePages.mayModerate(admin) ? [pick, form] : [])
    }

    /// Nil for what is not stored here, or cannot be shown yet.
    private static func picture(_ image: ListingImage, of listing: ListingFound) -> Picture? {
        guard image.photo?.state.isShown == true, let hash = image.hash else { return nil }
        // A link has to be called something, also where the seller gave its picture no words.
        return Picture(hash, words: image.alt.isEmpty ? listing.title : image.alt)
    }

    private static func variants(_ content: ListingDetails) -> Block {
        Block(
            "Prices and stock",
            table: Table(
                ["Variant", "SKU", "Price#", "In stock#"],
                content.variants.map { variant in
                    [
                        Cell(data: variant.options.joined(separator: " / ")),
                        Cell(data: variant.sku ?? ""), .money(variant.price),
                        .number(variant.onHand),
                    ]
                }), nothing: "It has no prices yet.")
    }
}
