import Vocabulary

extension Marketplace {
    /// The seller's answer below a review; nil takes it back.
    /// - Throws: ``ReviewRefusal/unknown`` when it is not of this shop.
    public func reply(
        to id: ID<Review>, _ text: String?, as member: SellerMember
    ) async throws {
        try member.require(.replyToReviews)
        let text = try text.map {
            try InputText.paragraphs($0, field: "reply", lengths: 1...4000)
        }
        try await database.transaction { tx in
            let before = try await tx.audit.before("review", id.description)
            guard try await tx.reviews.saveReply(id, of: member.seller, text) else {
                throw ReviewRefusal.unknown
            }
            try await tx.audit.record(
                text == nil ? "review.reply-removed" : "review.replied", on: "review",
                id.description, by: member, before: before)
        }
    }

    /// Takes a review out of sight and out of the average, or brings it back.
    /// - Throws: ``ReviewRefusal/wrongState`` when it is so already.
    public func hideReview(
        _ id: ID<Review>, _ isHidden: Bool, reason: String, by admin: ID<Account>
    ) async throws {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...1000)
        try await database.transaction { tx in
            guard try await tx.reviews.find(id) != nil else { throw ReviewRefusal.unknown }
            let before = try await tx.audit.before("review", id.description)
            guard let (listing, stars) = try await tx.reviews.saveHidden(id, isHidden) else {
                throw ReviewRefusal.wrongState
            }
            try await tx.reviews.addToListing(listing, stars: stars, count: isHidden ? -1 : 1)
            try await tx.audit.record(
                isHidden ? "review.hidden" : "review.shown", on: "review", id.description,
                by: admin, reason: reason, before: before)
        }
    }
}
