import Kernel
import Vocabulary

extension Marketplace {
    /// How many of the newest a page of a thing or a maker shows.
    static let reviewsShownMax = 10

    /// The newest reviews of a thing, as its page shows them.
    func reviewCards(of listing: ID<Listing>) async throws -> Page<ReviewCard> {
        try await reviewCards(of: listing, by: .newest, PageRequest(limit: Self.reviewsShownMax))
    }

    /// The newest ratings of a maker, as its page shows them.
    func ratingCards(of seller: ID<Seller>) async throws -> Page<ReviewCard> {
        try await ratingCards(of: seller, by: .newest, PageRequest(limit: Self.reviewsShownMax))
    }

    /// Reviews of a thing.
    func reviewCards(
        of listing: ID<Listing>, by order: ReviewOrder, _ page: PageRequest
    ) async throws -> Page<ReviewCard> {
        let reviews = try await reviews(of: listing, by: order, page)
        return Page(
            items: reviews.items.map { review in
                ReviewCard(
                    author: review.author, stars: review.stars, at: review.createdAt,
                    body: review.body, photos: review.photos, reply: review.reply)
            }, next: reviews.next)
    }

    /// Ratings of a maker.
    func ratingCards(
        of seller: ID<Seller>, by order: RatingOrder, _ page: PageRequest
    ) async throws -> Page<ReviewCard> {
        let ratings = try await ratings(of: seller, by: order, page)
        return Page(
            items: ratings.items.map { rating in
                ReviewCard(
                    author: rating.author, stars: rating.stars, at: rating.createdAt,
                    body: rating.body, reply: rating.reply)
            }, next: ratings.next)
    }
}
