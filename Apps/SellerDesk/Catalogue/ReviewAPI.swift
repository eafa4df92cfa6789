import Kernel
import Vocabulary
import Web

/// What customers say, for programs.
struct ReviewAPI {
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

    private let tag = "Reviews"

    func mount(on api: API) {
        api.get("/reviews", "What customers say of your things, newest first", tag: tag)
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readReviews]) { call, member in
                let page = try await call.marketplace.reviews(
                    as: member.membership, call.query.page())
                return Listed(page) { ReviewAnswer($0) }
            }
        api.get("/ratings", "What customers say of your shop, newest first", tag: tag)
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readReviews]) { call, member in
                let page = try await call.marketplace.ratings(
                    as: member.membership, call.query.page())
                return Listed(page) { RatingAnswer($0) }
            }
        mountReply(on: api, "/reviews/{review}/reply", "Answer a review") {
            (marketplace, path: ReviewPath, reply, member) in
            try await marketplace.reply(to: path.review, reply, as: member.membership)
        }
        mountReply(on: api, "/ratings/{rating}/reply", "Answer a rating of your shop") {
            (marketplace, path: RatingPath, reply, member) in
            try await marketplace.reply(to: path.rating, reply, as: member.membership)
        }
    }

    /// An answer is given and taken back in one way, whatever it answers; nil takes it back.
    private func mountReply<Path: Described>(
        on api: API, _ pattern: String, _ summary: String,
        _ reply: @escaping @Sendable (Marketplace, Path, String?, Member) async throws -> Void
    ) {
        api.put(pattern, summary, tag: tag).path(Path.self).body(NewReply.self)
            .handle(as: Member.self, needing: [.replyToReviews]) { call, member in
                try await reply(call.marketplace, call.path, call.body.reply, member)
                return Nothing()
            }
        api.delete(pattern, "Take an answer back", tag: tag).path(Path.self)
            .handle(as: Member.self, needing: [.replyToReviews]) { call, member in
                try await reply(call.marketplace, call.path, nil, member)
                return Nothing()
            }
    }
}
