import Kernel
import Vocabulary

extension Marketplace {
    /// How many of the newest a page shows.
    private static let shownMax = 10

    /// The newest reviews of a thing, as its page shows them.
    func reviewCards(of listing: ID<Listing>) async throws -> [ReviewCard] {
        try await reviews(of: listing, PageRequest(limit: Self.shownMax)).items.map { review in
            ReviewCard(
                author: review.author, stars: review.stars, at: review.createdAt,
                body: review.body, photos: review.photos, reply: review.reply)
        }
    }

    /// The newest ratings of a maker, as its page shows them.
    func ratingCards(of seller: ID<Seller>) async throws -> [ReviewCard] {
        try await ratings(of: seller, PageRequest(limit: Self.shownMax)).items.map { rating in
            ReviewCard(
                author: rating.author, stars: rating.stars, at: rating.createdAt,
                body: rating.body)
        }
    }
}
