import Kernel
import Vocabulary
import Web

/// What customers say, for people.
struct ReviewRoutes {
    struct Place: Described {
        /// The `next` of the page of reviews before.
        let after: String?
        /// The `next` of the page of ratings before, which stands beside the reviews.
        let ratingsAfter: String?
        static let rules: [String: [Rule]] = [
            "after": [.length(1...400)], "ratingsAfter": [.length(1...400)],
        ]
    }
    struct Reply: Described {
        let reply: String
        /// The page that it is written on.
        let after: String?
        let ratingsAfter: String?
        static let rules: [String: [Rule]] = ReplyInput.rules.merging(Place.rules) { $1 }

        var place: Place { Place(after: after, ratingsAfter: ratingsAfter) }
    }

    func mount(on routes: Routes) {
        routes.get("/reviews").query(Place.self)
            .show(as: Member.self, needing: [.readReviews]) { call, member in
                try await page(call.marketplace, member, at: call.query)
            }
        routes.post("/reviews/{review}/reply").path(ReviewPath.self).form(Reply.self)
            .show(as: Member.self, needing: [.replyToReviews], again: again) { call, member in
                try await call.marketplace.reply(
                    to: call.path.review, call.form.reply, as: member.membership)
                return .seeOther(
                    call.form.place.link, notice: localized("Your answer is shown."))
            }
        routes.post("/ratings/{rating}/reply").path(RatingPath.self).form(Reply.self)
            .show(as: Member.self, needing: [.replyToReviews], again: again) { call, member in
                try await call.marketplace.reply(
                    to: call.path.rating, call.form.reply, as: member.membership)
                return .seeOther(
                    call.form.place.link, notice: localized("Your answer is shown."))
            }
        routes.post("/reviews/{review}/reply/removal").path(ReviewPath.self).form(Place.self)
            .show(as: Member.self, needing: [.replyToReviews]) { call, member in
                try await call.marketplace.reply(
                    to: call.path.review, nil, as: member.membership)
                return .seeOther(
                    call.form.link, notice: localized("Your answer is not shown any more."))
            }
        routes.post("/ratings/{rating}/reply/removal").path(RatingPath.self).form(Place.self)
            .show(as: Member.self, needing: [.replyToReviews]) { call, member in
                try await call.marketplace.reply(
                    to: call.path.rating, nil, as: member.membership)
                return .seeOther(
                    call.form.link, notice: localized("Your answer is not shown any more."))
            }
    }

    /// - Parameter again: the answer that was typed and refused.
    private func page(
        _ marketplace: Marketplace, _ member: Member, at place: Place, again: Again? = nil
    ) async throws -> PageAnswer {
        let reviews = try await marketplace.reviews(
            as: member.membership, ListQuery(after: place.after).page())
        let ratings = try await marketplace.ratings(
            as: member.membership, ListQuery(after: place.ratingsAfter).page())
        return .page(
            "reviews",
            ReviewsPage(
                reviews, ratings, at: place, mayReply: member.membership.may(.replyToReviews),
                again: again),
            title: localized("Reviews"))
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        let place = Place(
            after: again.typed("after"), ratingsAfter: again.typed("ratingsAfter"))
        return try await page(again.request.marketplace, member, at: place, again: again)
    }
}

extension Again {
    /// Nil for what was left empty.
    fileprivate func typed(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension ReviewRoutes.Place {
    /// The page with these two lists where they are.
    var link: String {
        let items = [
            after.map { "after=\($0)" }, ratingsAfter.map { "ratingsAfter=\($0)" },
        ].compactMap { $0 }
        return items.isEmpty ? Links.reviews : "\(Links.reviews)?" + items.joined(separator: "&")
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
        /// What was typed and refused.
        let typed: String?
        /// What stands in the form: that, or the answer that may be changed.
        let written: String
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
        let typed: String?
        let written: String
    }

    let warning: String?
    /// Where the page is, for the forms on it.
    let after: String?
    let ratingsAfter: String?
    let reviews: [Row]
    let isEmpty: Bool
    let next: String?
    let ratings: [Rated]
    let hasRatings: Bool
    let nextRatings: String?

    init(
        _ page: Kernel.Page<Review>, _ ratings: Kernel.Page<SellerRating>,
        at place: ReviewRoutes.Place, mayReply: Bool, again: Again?
    ) {
        warning = again?.explanation
        after = place.after
        ratingsAfter = place.ratingsAfter
        let path = again?.request.path
        func sent(to action: String) -> String? {
            path == action ? again?.values["reply"] : nil
        }
        reviews = page.items.map { review in
            let typed = sent(to: "/reviews/\(review.id)/reply")
            return Row(
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
                date: Format.date(review.createdAt), mayReply: mayReply, typed: typed,
                written: typed ?? review.reply ?? "")
        }
        isEmpty = reviews.isEmpty
        next = page.next.map {
            ReviewRoutes.Place(after: Cursor.seal($0), ratingsAfter: place.ratingsAfter).link
        }
        nextRatings = ratings.next.map {
            ReviewRoutes.Place(after: place.after, ratingsAfter: Cursor.seal($0)).link
        }
        self.ratings = ratings.items.map { rating in
            let typed = sent(to: "/ratings/\(rating.id)/reply")
            return Rated(
                id: rating.id.description, reply: rating.reply, isHidden: rating.isHidden,
                mayReply: mayReply, author: rating.author, stars: Format.stars(rating.stars),
                starsText: localized("\(rating.stars) of 5 stars"),
                body: rating.body, date: Format.date(rating.createdAt), typed: typed,
                written: typed ?? rating.reply ?? "")
        }
        hasRatings = !ratings.items.isEmpty
    }
}
