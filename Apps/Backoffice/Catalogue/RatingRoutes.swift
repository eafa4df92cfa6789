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
            let page = try await call.marketplace.ratings(call.query.page())
            return Opinion.list(
                "Ratings of makers", at: "/ratings", page.items.map { Opinion($0) },
                next: page.next, nothing: "Nobody has rated a maker yet.", admin)
        }
        desk.read(
            "/ratings", "Ratings of makers, newest first, hidden ones too", tag: "Catalogue",
            .readCatalogue, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.ratings(call.query.page())) { RatingAnswer($0) }
        }
        desk.moderate("/ratings/{rating}", listedAt: "/ratings") {
            (marketplace, path: RatingPath, isHidden, input, admin) in
            try await marketplace.hideRating(
                path.rating, isHidden, reason: input.reason, by: admin.account.id)
            return HiddenRatingAnswer(id: path.rating, isHidden: isHidden)
        }
    }
}

extension Opinion {
    fileprivate init(_ found: ShopRating) {
        let rating = found.rating
        self.init(
            subject: found.sellerName, author: rating.author, stars: rating.stars,
            body: rating.body, reply: rating.reply, isHidden: rating.isHidden,
            createdAt: rating.createdAt, path: "/ratings/\(rating.id)",
            trail: Links.trail("seller_rating", rating.id.description),
            more: [Fact("Seller", data: found.sellerName, to: Links.seller(found.seller))])
    }
}
