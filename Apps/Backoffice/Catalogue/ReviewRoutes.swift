import Kernel
import Vocabulary
import Web

/// Reviews of things, and hiding those that break the rules.
struct ReviewRoutes {
    struct ReviewPath: Described { let review: ID<Review> }

    let desk: Desk

    func mount() {
        desk.page("/reviews", .readCatalogue, query: ListQuery.self) { call, admin in
            let page = try await call.marketplace.reviews(call.query.page())
            return Opinion.list(
                "Reviews", at: "/reviews", page.items.map { Opinion($0) }, next: page.next,
                nothing: "Nobody has reviewed anything yet.", admin)
        }
        desk.read(
            "/reviews", "Reviews, newest first, hidden ones too", tag: "Catalogue",
            .readCatalogue, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.reviews(call.query.page())) { ReviewAnswer($0) }
        }
        desk.moderate("/reviews/{review}", listedAt: "/reviews") {
            (marketplace, path: ReviewPath, isHidden, input, admin) in
            try await marketplace.hideReview(
                path.review, isHidden, reason: input.reason, by: admin.account.id)
            return HiddenAnswer(id: path.review, isHidden: isHidden)
        }
    }
}

extension Opinion {
    fileprivate init(_ review: Review) {
        self.init(
            subject: review.listingTitle, author: review.author, stars: review.stars,
            body: review.body, reply: review.reply, isHidden: review.isHidden,
            createdAt: review.createdAt, path: "/reviews/\(review.id)",
            trail: Links.trail("review", review.id.description),
            photos: review.photos.enumerated().map { index, photo in
                let words: Phrase = "Photo \(index + 1)"
                return Picture(photo.hash, words: words.text)
            })
    }
}
