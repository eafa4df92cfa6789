import Kernel
import Vocabulary
import Web

/// What customers say, for programs.
struct ReviewAPI {
    struct ReviewPath: Described { let review: ID<Review> }
    struct NewReply: Described {
        let reply: String
        static let rules: [String: [Rule]] = ["reply": [.length(1...4000)]]
    }

    struct ReviewAnswer: Codable, Sendable {
        let id: ID<Review>
        let listingId: ID<Listing>
        let listingTitle: String
        let author: String
        let stars: Int
        let body: String
        let reply: String?
        let isHidden: Bool
        let createdAt: Instant

        init(_ review: Review) {
            id = review.id
            listingId = review.listing
            listingTitle = review.listingTitle
            author = review.author
            stars = review.stars
            body = review.body
            reply = review.reply
            isHidden = review.isHidden
            createdAt = review.createdAt
        }
    }

    struct RatingAnswer: Codable, Sendable {
        let id: ID<SellerRating>
        let author: String
        let stars: Int
        let body: String
        let reply: String?
        let isHidden: Bool
        let createdAt: Instant

        init(_ rating: SellerRating) {
            id = rating.id
            author = rating.author
            stars = rating.stars
            body = rating.body
            reply = rating.reply
            isHidden = rating.isHidden
            createdAt = rating.createdAt
        }
    }

    func mount(on api: API) {
        let tag = "Reviews"
        mountRatings(on: api, tag)
        api.get("/reviews", "What customers say of your things, newest first", tag: tag)
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readReviews]) { call, member in
                let page = try await call.marketplace.reviews(
                    as: member.membership, call.query.page())
                return Listed(page) { ReviewAnswer($0) }
            }
        api.put("/reviews/{review}/reply", "Answer a review", tag: tag)
            .path(ReviewPath.self).body(NewReply.self)
            .handle(as: Member.self, needing: [.replyToReviews]) { call, member in
                try await call.marketplace.reply(
                    to: call.path.review, call.body.reply, as: member.membership)
                return Nothing()
            }
        api.delete("/reviews/{review}/reply", "Take an answer back", tag: tag)
            .path(ReviewPath.self)
            .handle(as: Member.self, needing: [.replyToReviews]) { call, member in
                try await call.marketplace.reply(
                    to: call.path.review, nil, as: member.membership)
                return Nothing()
            }
    }

    /// What is said of the shop itself.
    private func mountRatings(on api: API, _ tag: String) {
        api.get("/ratings", "What customers say of your shop, newest first", tag: tag)
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readReviews]) { call, member in
                let page = try await call.marketplace.ratings(
                    as: member.membership, call.query.page())
                return Listed(page) { RatingAnswer($0) }
            }
        api.put("/ratings/{rating}/reply", "Answer a rating of your shop", tag: tag)
            .path(RatingPath.self).body(NewReply.self)
            .handle(as: Member.self, needing: [.replyToReviews]) { call, member in
                try await call.marketplace.reply(
                    to: call.path.rating, call.body.reply, as: member.membership)
                return Nothing()
            }
        api.delete("/ratings/{rating}/reply", "Take an answer back", tag: tag)
            .path(RatingPath.self)
            .handle(as: Member.self, needing: [.replyToReviews]) { call, member in
                try await call.marketplace.reply(
                    to: call.path.rating, nil, as: member.membership)
                return Nothing()
            }
    }
}
