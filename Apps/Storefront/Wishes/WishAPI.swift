import Kernel
import Vocabulary
import Web

/// The wish list, for programs.
struct WishAPI {
    struct WishAnswer: Codable, Sendable {
        let listingId: ID<Listing>
        let title: String
        let at: Instant
        /// Absent while the thing is not for sale.
        let card: CardAnswer?
    }

    func mount(on api: API) {
        let tag = "Wish list"
        api.get("/wishes", "What you wish for, the newest first", tag: tag)
            .about("Without an account it is kept with the browser, until somebody signs in there.")
            .query(ListQuery.self)
            .handle(as: Visitor.self) { call, visitor in
                Listed(try await WishList(visitor, call.request).page(call.query.page())) {
                    WishAnswer(
                        listingId: $0.listing, title: $0.title, at: $0.at,
                        card: $0.card.map { CardAnswer($0) })
                }
            }
        api.put("/wishes/{listing}", "Put a thing on the wish list", tag: tag)
            .about("One that is there already stays where it is.")
            .path(BrowseRoutes.ListingPath.self).refuses(.conflict).openOnBehalf()
            .handle(as: Visitor.self) { call, visitor in
                try await WishList(visitor, call.request).add(call.path.listing)
                return Nothing()
            }
        api.delete("/wishes/{listing}", "Take a thing off the wish list", tag: tag)
            .path(BrowseRoutes.ListingPath.self).openOnBehalf()
            .handle(as: Visitor.self) { call, visitor in
                try await WishList(visitor, call.request).drop(call.path.listing)
                return Nothing()
            }
    }
}
