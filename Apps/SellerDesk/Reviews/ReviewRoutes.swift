import Kernel
import Vocabulary
import Web

/// What customers say, for people.
struct ReviewRoutes {
    func mount(on routes: Routes) {
        routes.get("/reviews").query(ListQuery.self)
            .show(as: Member.self, needing: [.readReviews]) { call, member in
                let reviews = try await call.marketplace.reviews(
                    as: member.membership, call.query.page())
                let ratings = try await call.marketplace.ratings(
                    as: member.membership, PageRequest(limit: 20))
                return .page(
                    "reviews",
                    ReviewsPage(
                        reviews, ratings.items,
                        mayReply: member.membership.may(.replyToReviews)),
                    title: localized("Reviews"))
            }
        routes.post("/reviews/{review}/reply").path(ReviewPath.self).form(ReplyInput.self)
            .show(as: Member.self, needing: [.replyToReviews], again: again) { call, member in
                try await call.marketplace.reply(
                    to: call.path.review, call.form.reply, as: member.membership)
                return .seeOther(Links.reviews, notice: localized("Your answer is shown."))
            }
        routes.post("/ratings/{rating}/reply").path(RatingPath.self).form(ReplyInput.self)
            .show(as: Member.self, needing: [.replyToReviews], again: again) { call, member in
                try await call.marketplace.reply(
                    to: call.path.rating, call.form.reply, as: member.membership)
                return .seeOther(Links.reviews, notice: localized("Your answer is shown."))
            }
    }

    @Sendable private func again(_ again: Again, _ member: Member) -> PageAnswer {
        .seeOther(Links.reviews, warning: again.explanation)
    }
}

/// The model of `reviews.mustache`.
struct ReviewsPage {
    struct Row {
        let id: String
        let thing: String
        let link: String
        let author: String
        let stars: String
        let starsText: String
        let body: String
        let photos: [Photo]
        let hasPhotos: Bool
        let reply: String?
        let isHidden: Bool
        let date: String
        let mayReply: Bool
    }
    struct Photo {
        let href: String
        let thumb: String
        let text: String
    }
    struct Rated {
        let id: String
        let reply: String?
        let isHidden: Bool
        let mayReply: Bool
        let author: String
        let stars: String
        let starsText: String
        let body: String
        let date: String
    }

    let reviews: [Row]
    let isEmpty: Bool
    let next: String?
    let ratings: [Rated]
    let hasRatings: Bool

    init(_ page: Kernel.Page<Review>, _ ratings: [SellerRating], mayReply: Bool) {
        reviews = page.items.map { review in
            Row(
                id: review.id.description, thing: review.listingTitle,
                link: Links.listing(review.listing), author: review.author,
                stars: Format.stars(review.stars),
                starsText: localized("\(review.stars) of 5 stars"),
                body: review.body,
                photos: review.photos.enumerated().map { index, photo in
                    Photo(
                        href: Links.picture(photo.hash), thumb: ShownPicture.thumb(photo.hash),
                        text: localized("Photo \(index + 1) by \(review.author)"))
                }, hasPhotos: !review.photos.isEmpty, reply: review.reply,
                isHidden: review.isHidden,
                date: Format.date(review.createdAt), mayReply: mayReply && review.reply == nil)
        }
        isEmpty = reviews.isEmpty
        next = page.next.map { "\(Links.reviews)?after=\(Cursor.seal($0))" }
        self.ratings = ratings.map {
            Rated(
                id: $0.id.description, reply: $0.reply, isHidden: $0.isHidden,
                mayReply: mayReply && $0.reply == nil, author: $0.author,
                stars: Format.stars($0.stars),
                starsText: localized("\($0.stars) of 5 stars"), body: $0.body,
                date: Format.date($0.createdAt))
        }
        hasRatings = !ratings.isEmpty
    }
}
