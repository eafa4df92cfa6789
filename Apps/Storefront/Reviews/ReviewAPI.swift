import Kernel
import Vocabulary
import Web

/// Saying how a thing is and how its maker was, for programs.
struct ReviewAPI {
    struct LinePath: Described { let line: ID<OrderLine> }
    struct OrderPath: Described { let order: ID<Order> }

    struct NewReview: Described {
        let stars: Int
        let body: String?
        static let rules: [String: [Rule]] = [
            "stars": [.range(1...5)], "body": [.length(0...4000)],
        ]

        var draft: ReviewDraft { ReviewDraft(stars: stars, body: body) }
    }

    struct ReviewAnswer: Codable, Sendable {
        let id: ID<Review>
        let listingId: ID<Listing>
        let author: String
        let stars: Int
        let body: String
        let createdAt: Instant
    }

    struct RatingAnswer: Codable, Sendable {
        let id: ID<SellerRating>
        let author: String
        let stars: Int
        let body: String
        let createdAt: Instant
    }

    /// What is shown of a rating to everybody.
    struct ShownRatingAnswer: Codable, Sendable {
        let id: ID<SellerRating>
        let author: String
        let stars: Int
        let body: String
        let reply: String?
        let createdAt: Instant

        init(_ rating: SellerRating) {
            id = rating.id
            author = rating.author
            stars = rating.stars
            body = rating.body
            reply = rating.reply
            createdAt = rating.createdAt
        }
    }

    /// What is shown of a review to everybody.
    struct ShownReviewAnswer: Codable, Sendable {
        let id: ID<Review>
        let author: String
        let stars: Int
        let body: String
        /// Where its photos are.
        let photos: [String]
        let reply: String?
        let createdAt: Instant

        init(_ review: Review) {
            id = review.id
            author = review.author
            stars = review.stars
            body = review.body
            photos = review.photos.map { Links.picture($0.hash) }
            reply = review.reply
            createdAt = review.createdAt
        }
    }

    func mount(on api: API) {
        let tag = "Reviews"
        api.get("/listings/{listing}/reviews", "What customers say of a thing", tag: tag)
            .about(
                """
                By stars, the newest of as many stars come first; `pictured` are those with photos \
                alone. A `next` goes on in the order that gave it out.
                """
            )
            .path(BrowseRoutes.ListingPath.self).query(AllReviewsRoutes.Query.self)
            .handle(as: Visitor.self) { call, _ in
                let listing = try await call.marketplace.publicListing(call.path.listing)
                return Listed(
                    try await call.marketplace.reviews(
                        of: listing.id, by: (call.query.sort ?? .newest).order,
                        call.query.page(limit: 20))
                ) { ShownReviewAnswer($0) }
            }
        api.get("/sellers/{slug}/ratings", "What customers say of a maker", tag: tag)
            .about(
                """
                By stars, the newest of as many stars come first. A `next` goes on in the order \
                that gave it out.
                """
            )
            .path(BrowseRoutes.SlugPath.self).query(AllReviewsRoutes.RatingQuery.self)
            .handle(as: Visitor.self) { call, _ in
                let seller = try await call.marketplace.shop(slug: call.path.slug)
                return Listed(
                    try await call.marketplace.ratings(
                        of: seller.id, by: (call.query.sort ?? .newest).order,
                        call.query.page(limit: 20))
                ) { ShownRatingAnswer($0) }
            }
        api.post("/order-lines/{line}/review", "Say how a thing is", tag: tag)
            .about("Once for each line of an order, when it has been delivered.")
            .path(LinePath.self).body(NewReview.self).refuses(.conflict).onlyOnce()
            .succeeds(with: .created)
            .handle(as: SignedIn.self) { call, person in
                let review = try await call.marketplace.review(
                    call.path.line, call.body.draft, by: person.account.id)
                return ReviewAnswer(
                    id: review.id, listingId: review.listing, author: review.author,
                    stars: review.stars, body: review.body, createdAt: review.createdAt)
            }
        api.post("/orders/{order}/rating", "Say how its maker was", tag: tag)
            .about("Once for each order, when it has been delivered.")
            .path(OrderPath.self).body(NewReview.self).refuses(.conflict).onlyOnce()
            .succeeds(with: .created)
            .handle(as: SignedIn.self) { call, person in
                let rating = try await call.marketplace.rateSeller(
                    for: call.path.order, call.body.draft, by: person.account.id)
                return RatingAnswer(
                    id: rating.id, author: rating.author, stars: rating.stars, body: rating.body,
                    createdAt: rating.createdAt)
            }
    }
}
