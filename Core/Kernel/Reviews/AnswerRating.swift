public import Vocabulary

/// A rating with whom it is of, for administrators.
public struct ShopRating: Sendable {
    public let rating: SellerRating
    public let seller: ID<Seller>
    public let sellerName: String
}

/// What of a rating the trail keeps: not who wrote it, nor what.
private struct RatingState: Codable, Sendable {
    var reply: String?
    var isHidden: Bool

    init(_ rating: SellerRating) {
        reply = rating.reply
        isHidden = rating.isHidden
    }
}

extension Marketplace {
    /// The shop's answer below a rating of it; nil takes it back.
    /// - Throws: ``ReviewRefusal/unknown`` when it is not of this shop.
    public func reply(
        to id: ID<SellerRating>, _ text: String?, as member: SellerMember
    ) async throws {
        try member.require(.replyToReviews)
        let text = try text.map {
            try InputText.paragraphs($0, field: "reply", lengths: 1...4000)
        }
        try await database.transaction { tx in
            guard let found = try await tx.ratings.lock(id), found.seller == member.seller else {
                throw ReviewRefusal.unknown
            }
            try await tx.ratings.saveReply(id, text)
            let before = RatingState(found.rating)
            var after = before
            after.reply = text
            try await tx.audit.record(
                text == nil ? "rating.reply-removed" : "rating.replied", on: "seller_rating",
                id.description, by: member.account, as: .seller, for: member.seller,
                before: before, after: after)
        }
    }

    /// Takes a rating out of sight and out of the shop's average, or brings it back.
    /// - Throws: ``ReviewRefusal/wrongState`` when it is so already.
    public func hideRating(
        _ id: ID<SellerRating>, _ isHidden: Bool, reason: String, by admin: ID<Account>
    ) async throws {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...1000)
        try await database.transaction { tx in
            guard let found = try await tx.ratings.lock(id) else { throw ReviewRefusal.unknown }
            guard found.rating.isHidden != isHidden else { throw ReviewRefusal.wrongState }
            try await tx.ratings.saveHidden(id, isHidden)
            try await tx.reviews.addToSeller(
                found.seller, stars: found.rating.stars, count: isHidden ? -1 : 1)
            let before = RatingState(found.rating)
            var after = before
            after.isHidden = isHidden
            try await tx.audit.record(
                isHidden ? "rating.hidden" : "rating.shown", on: "seller_rating",
                id.description, by: admin, reason: reason, before: before, after: after)
        }
    }
}
