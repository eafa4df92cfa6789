import Kernel
import Vocabulary
import Web

/// Everything that customers said of a thing or of a maker, page by page; the pages of both show
/// the newest alone.
struct AllReviewsRoutes {
    private static let perPage = 25

    func mount(on routes: Routes) {
        routes.get("/listings/{listing}/reviews").path(BrowseRoutes.ListingPath.self)
            .query(ListQuery.self)
            .show(as: Visitor.self) { call, _ in
                let listing = try await call.marketplace.publicListing(call.path.listing)
                let cards = try await call.marketplace.reviewCards(
                    of: listing.id, call.query.page(limit: Self.perPage))
                return .page(
                    "all-reviews",
                    AllReviewsPage(cards, of: listing.title, at: Links.listing(listing.id)),
                    title: localized("What customers say of \(listing.title)"))
            }
        routes.get("/makers/{slug}/reviews").path(BrowseRoutes.SlugPath.self)
            .query(ListQuery.self)
            .show(as: Visitor.self) { call, _ in
                let seller = try await call.marketplace.shop(slug: call.path.slug)
                let cards = try await call.marketplace.ratingCards(
                    of: seller.id, call.query.page(limit: Self.perPage))
                return .page(
                    "all-reviews",
                    AllReviewsPage(cards, of: seller.name, at: Links.seller(seller.slug)),
                    title: localized("What customers say of \(seller.name)"))
            }
    }
}

/// The model of `all-reviews.mustache`.
struct AllReviewsPage {
    let name: String
    let back: String
    let reviews: [ReviewCard]
    let hasReviews: Bool
    let next: String?

    init(_ page: Kernel.Page<ReviewCard>, of name: String, at path: String) {
        self.name = name
        back = path
        reviews = page.items
        hasReviews = !reviews.isEmpty
        next = page.next.map { "\(path)/reviews?after=\(Cursor.seal($0))" }
    }
}
