import Kernel
import Vocabulary
import Web

/// Reviews, and hiding those that break the rules.
struct ReviewRoutes {
    struct ReviewPath: Described { let review: ID<Review> }

    let desk: Desk

    func mount() {
        desk.page("/reviews", .readCatalogue, query: ListQuery.self) { call, admin in
            ReviewPages.list(
                try await call.marketplace.reviews(call.query.page()), admin)
        }
        desk.read(
            "/reviews", "Reviews, newest first, hidden ones too", tag: "Catalogue",
            .readCatalogue, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.reviews(call.query.page())) { ReviewAnswer($0) }
        }
        show(hidden: true, "hiding", "Take a review out of sight", done: "It is hidden.")
        show(hidden: false, "showing", "Bring a review back", done: "It is shown again.")
    }

    private func show(hidden: Bool, _ noun: String, _ summary: String, done: Phrase) {
        desk.act(
            Act<ReviewPath>(
                "/reviews/{review}/\(noun)", summary, tag: "Catalogue", .moderateCatalogue,
                done: done, back: { _ in "/reviews" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.hideReview(
                path.review, hidden, reason: input.reason, by: admin.account.id)
            return HiddenAnswer(id: path.review, isHidden: hidden)
        }
    }
}
