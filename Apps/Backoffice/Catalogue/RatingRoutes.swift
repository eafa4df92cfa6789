import Kernel
import Vocabulary
import Web

/// Ratings of makers, and hiding those that break the rules.
struct RatingRoutes {
    struct RatingPath: Described { let rating: ID<SellerRating> }

    struct RatingAnswer: Codable, Sendable {
        let id: ID<SellerRating>
        let seller: ID<Seller>
        let sellerName: String
        let author: String
        let stars: Int
        let body: String
        let reply: String?
        let isHidden: Bool
        let createdAt: Instant

        init(_ found: ShopRating) {
            id = found.rating.id
            seller = found.seller
            sellerName = found.sellerName
            author = found.rating.author
            stars = found.rating.stars
            body = found.rating.body
            reply = found.rating.reply
            isHidden = found.rating.isHidden
            createdAt = found.rating.createdAt
        }
    }

    struct HiddenRatingAnswer: Codable, Sendable {
        let id: ID<SellerRating>
        let isHidden: Bool
    }

    let desk: Desk

    func mount() {
        desk.page("/ratings", .readCatalogue, query: ListQuery.self) { call, admin in
            Self.page(try await call.marketplace.ratings(call.query.page()), admin)
        }
        desk.read(
            "/ratings", "Ratings of makers, newest first, hidden ones too", tag: "Catalogue",
            .readCatalogue, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.ratings(call.query.page())) { RatingAnswer($0) }
        }
        show(hidden: true, "hiding", "Take a rating out of sight", done: "It is hidden.")
        show(hidden: false, "showing", "Bring a rating back", done: "It is shown again.")
    }

    private func show(hidden: Bool, _ noun: String, _ summary: String, done: Phrase) {
        desk.act(
            Act<RatingPath>(
                "/ratings/{rating}/\(noun)", summary, tag: "Catalogue", .moderateCatalogue,
                done: done, back: { _ in "/ratings" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.hideRating(
                path.rating, hidden, reason: input.reason, by: admin.account.id)
            return HiddenRatingAnswer(id: path.rating, isHidden: hidden)
        }
    }

    private static func page(
        _ page: Kernel.Page<ShopRating>, _ admin: Administrator
    ) -> DeskPage {
        let blocks = page.items.map { found in
            let rating = found.rating
            let path = "/ratings/\(rating.id)"
            let form =
                rating.isHidden
                ? DeskForm("Show it again", to: path + "/showing", [.reason])
                : DeskForm.dangerous(
                    "Hide it", to: path + "/hiding",
                    hint: """
                        Nobody sees it in the shop, and its stars do not count, until it is shown \
                        again.
                        """)
            return Block(
                "\(Format.stars(rating.stars)) \(found.sellerName)", text: .data(rating.body),
                facts: [
                    Fact("By", data: rating.author),
                    Fact("On", data: Format.date(rating.createdAt)),
                    Fact("Seller", data: found.sellerName, to: Links.seller(found.seller)),
                    Fact("Answer", data: rating.reply ?? "—"),
                    Fact("State", state: rating.isHidden ? "hidden" : "published"),
                    Fact(
                        "Audit trail", "show",
                        to: Links.trail("seller_rating", rating.id.description)),
                ], forms: CataloguePages.mayModerate(admin) ? [form] : [])
        }
        let none = Block(timeline: [], nothing: "Nobody has rated a maker yet.")
        let more = page.next.map { Block(more: "/ratings?after=\(Cursor.seal($0))") }
        return DeskPage(
            "Ratings of makers", tabs: CataloguePages.tabs("ratings"),
            (blocks.isEmpty ? [none] : blocks) + [more].compactMap { $0 })
    }
}
