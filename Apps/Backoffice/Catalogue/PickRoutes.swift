import Kernel
import Vocabulary
import Web

/// Choosing by hand what the shop's first page shows.
struct PickRoutes {
    struct PickedAnswer: Codable {
        let listings: [ID<Listing>]
        let sellers: [ID<Seller>]
    }

    let desk: Desk

    func mount() {
        desk.page("/picked", .readCatalogue) { call, _ in
            PickPages.list(
                try await call.marketplace.pickedListings(),
                try await call.marketplace.pickedMakers())
        }
        desk.read(
            "/picked", "What the shop's first page shows by choice", tag: "Catalogue",
            .readCatalogue
        ) { call, _ in
            PickedAnswer(
                listings: try await call.marketplace.pickedListings().map(\.id),
                sellers: try await call.marketplace.pickedMakers().map(\.id))
        }
        listing(true, "pick", "Show a thing on the first page", done: "It is on the first page.")
        listing(
            false, "pick-removal", "Take a thing off the first page",
            done: "It is off the first page.")
        seller(true, "pick", "Show a maker on the first page", done: "They are on the first page.")
        seller(
            false, "pick-removal", "Take a maker off the first page",
            done: "They are off the first page.")
    }

    private func listing(_ isPicked: Bool, _ noun: String, _ summary: String, done: Phrase) {
        desk.act(
            Act<CatalogueRoutes.ListingPath>(
                "/listings/{listing}/\(noun)", summary, tag: "Catalogue", .moderateCatalogue,
                done: done, back: { "/listings/\($0.listing)" }), input: OptionalReason.self
        ) { marketplace, path, _, admin in
            try await marketplace.pick(path.listing, isPicked, by: admin.account.id)
            return ListingAnswer(try await marketplace.listingForModeration(path.listing))
        }
    }

    private func seller(_ isPicked: Bool, _ noun: String, _ summary: String, done: Phrase) {
        desk.act(
            Act<SellerRoutes.SellerPath>(
                "/sellers/{seller}/\(noun)", summary, tag: "Sellers", .moderateCatalogue,
                done: done, back: { Links.seller($0.seller) }), input: OptionalReason.self
        ) { marketplace, path, _, admin in
            try await marketplace.pick(path.seller, isPicked, by: admin.account.id)
            return SellerAnswer(try await marketplace.seller(path.seller))
        }
    }
}

enum PickPages {
    static func list(_ listings: [ListingCard], _ makers: [PickedMaker]) -> DeskPage {
        DeskPage(
            "On the first page",
            lead: "Choose things and makers on their own pages; the newest choice comes first.",
            tabs: CataloguePages.tabs("picked"),
            [
                Block(
                    "Things",
                    table: Table(
                        ["Thing", "Maker", "From#"],
                        listings.map { listing in
                            [
                                Cell(data: listing.title, to: "/listings/\(listing.id)"),
                                Cell(data: listing.sellerName), .money(listing.price),
                            ]
                        }), nothing: "No thing was chosen yet."),
                Block(
                    "Makers",
                    table: Table(
                        ["Maker", "Country", "Rating"],
                        makers.map { maker in
                            [
                                Cell(data: maker.name, to: Links.seller(maker.id)),
                                Cell(data: Countries.name(maker.country)),
                                Cell(data: maker.rating.text.map { "★ \($0)" } ?? ""),
                            ]
                        }), nothing: "No maker was chosen yet."),
            ])
    }
}
