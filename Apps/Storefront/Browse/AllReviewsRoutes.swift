import Kernel
import Vocabulary
import Web

/// Everything that customers said of a thing or of a maker, page by page; the pages of both show
/// the newest alone.
struct AllReviewsRoutes {
    struct Query: Described {
        let sort: Sort?
        /// The `next` of the page before.
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        func page(limit otherwise: Int) throws -> PageRequest {
            try ListQuery(after: after, limit: limit).page(limit: otherwise)
        }
    }

    /// The same of what is said of a maker, which has no photos.
    struct RatingQuery: Described {
        let sort: RatingSort?
        /// The `next` of the page before.
        let after: String?
        let limit: Int?
        static let rules = Query.rules

        func page(limit otherwise: Int) throws -> PageRequest {
            try ListQuery(after: after, limit: limit).page(limit: otherwise)
        }
    }

    /// Which of them first.
    enum RatingSort: String, Codable, CaseIterable {
        case newest, highest, lowest

        var order: RatingOrder {
            switch self {
            case .newest: .newest
            case .highest: .highest
            case .lowest: .lowest
            }
        }

        /// The same of what is said of a thing.
        var sort: Sort {
            switch self {
            case .newest: .newest
            case .highest: .highest
            case .lowest: .lowest
            }
        }
    }

    /// Which of them first; of `pictured` ones only those with photos.
    enum Sort: String, Codable, CaseIterable {
        case newest, highest, lowest, pictured

        var order: ReviewOrder {
            switch self {
            case .newest: .newest
            case .highest: .highest
            case .lowest: .lowest
            case .pictured: .pictured
            }
        }

        var words: String {
            switch self {
            case .newest: localized("Newest")
            case .highest: localized("Most stars")
            case .lowest: localized("Fewest stars")
            case .pictured: localized("With photos")
            }
        }
    }

    private static let perPage = 25

    func mount(on routes: Routes) {
        routes.get("/listings/{listing}/reviews").path(BrowseRoutes.ListingPath.self)
            .query(Query.self)
            .show(as: Visitor.self) { call, _ in
                let listing = try await call.marketplace.publicListing(call.path.listing)
                let sort = call.query.sort ?? .newest
                let cards = try await call.marketplace.reviewCards(
                    of: listing.id, by: sort.order, call.query.page(limit: Self.perPage))
                return .page(
                    "all-reviews",
                    AllReviewsPage(
                        cards, of: listing.title, at: Links.listing(listing.id), by: sort),
                    title: localized("What customers say of \(listing.title)"))
            }
        routes.get("/makers/{slug}/reviews").path(BrowseRoutes.SlugPath.self)
            .query(RatingQuery.self)
            .show(as: Visitor.self) { call, _ in
                let seller = try await call.marketplace.shop(slug: call.path.slug)
                let sort = call.query.sort ?? .newest
                let cards = try await call.marketplace.ratingCards(
                    of: seller.id, by: sort.order, call.query.page(limit: Self.perPage))
                return .page(
                    "all-reviews",
                    AllReviewsPage(
                        cards, of: seller.name, at: Links.seller(seller.slug), by: sort.sort,
                        among: RatingSort.allCases.map(\.sort)),
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
    /// In which order they may be read.
    let orders: [Order]

    struct Order {
        let label: String
        let href: String
        let isChosen: Bool
    }

    /// - Parameter orders: in which they may be read.
    init(
        _ page: Kernel.Page<ReviewCard>, of name: String, at path: String,
        by sort: AllReviewsRoutes.Sort,
        among orders: [AllReviewsRoutes.Sort] = AllReviewsRoutes.Sort.allCases
    ) {
        self.orders = orders.map { one in
            Order(
                label: one.words,
                href: "\(path)/reviews" + (one == .newest ? "" : "?sort=\(one)"),
                isChosen: one == sort)
        }
        let kept = sort == .newest ? "" : "sort=\(sort)&"
        self.name = name
        back = path
        reviews = page.items
        hasReviews = !reviews.isEmpty
        next = page.next.map { "\(path)/reviews?\(kept)after=\(Cursor.seal($0))" }
    }
}
