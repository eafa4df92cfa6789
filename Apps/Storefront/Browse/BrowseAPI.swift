import Kernel
import Vocabulary
import Web

/// What there is to buy, for programs.
struct BrowseAPI {
    struct ListingsQuery: Described {
        let text: String?
        /// A category's slug; what is below it is included.
        let category: String?
        /// A seller's slug.
        let seller: String?
        /// In which prices are asked for, counted and put in order; EUR when left out.
        let currency: Currency?
        /// Minor units of `currency`.
        let priceMin: Int64?
        /// Minor units of `currency`.
        let priceMax: Int64?
        let inStock: Bool?
        /// What its maker sends to this country, ISO 3166-1 alpha-2.
        let sentTo: String?
        /// What its maker says that it is, exactly so.
        let kind: String?
        /// One of its maker's words for it, exactly so.
        let tag: String?
        /// Rated with so many stars on average, or more.
        let starsMin: Int?
        /// What attributes say: `material:stoneware`, or `height:10..20` for a number from 10 to
        /// 20. Those of one attribute are alternatives.
        let attribute: [String]?
        let sort: Sort?
        let after: String?
        let limit: Int?

        enum Sort: String, Codable, Sendable, CaseIterable {
            case newest, rating, relevance
            case priceUp = "price-up"
            case priceDown = "price-down"
        }

        static let rules: [String: [Rule]] = [
            "text": [.length(1...200)], "category": [.length(1...60)], "seller": [.length(1...60)],
            "priceMin": [.range(0...Money.amountMax)], "priceMax": [.range(0...Money.amountMax)],
            "kind": [.length(1...120)], "tag": [.length(1...120)],
            "starsMin": [.range(1...5)], "sentTo": [.length(2...2), .pattern(.country)],
            "attribute": [.count(0...20), .each([.length(3...100), .pattern(.attribute)])],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]
    }

    func mount(on api: API) {
        let tag = "Things"
        api.get("/categories", "The whole tree, each level in its order", tag: tag)
            .handle(as: Visitor.self) { call, _ in
                Listed(
                    items: try await call.marketplace.categories().map { CategoryAnswer($0) },
                    next: nil)
            }
        AttributeAPI().mount(on: api, tag: tag)
        api.get("/listings", "Things that are for sale and fit", tag: tag)
            .about(
                """
                Typing errors in `text` are forgiven, and categories are found by their names in \
                the language of `Accept-Language`. Pages go on with `after`.

                Prices of two currencies are not compared: `priceMin` and `priceMax` are minor \
                units of `currency`, EUR when it is left out, and nothing that is sold in another \
                one fits them. In the orders `price-up` and `price-down` what is sold in \
                `currency` comes first, and then everything else, one currency after the other.
                """
            )
            .query(ListingsQuery.self).refuses(.missing)
            .handle(as: Visitor.self, use: listings)
        api.get("/facets", "How much of what fits there is of each kind", tag: tag)
            .about(
                """
                Counted over a thousand things at most; `isWhole` says whether those are all. \
                `prices` are those in `currency`, EUR when it is left out; `currencies` is how \
                much is sold in each.
                """
            )
            .query(ListingsQuery.self).refuses(.missing)
            .handle(as: Visitor.self) { call, _ in
                FacetsAnswer(
                    try await call.marketplace.facets(
                        try await cardQuery(call.query, call.request),
                        sentTo: call.query.sentTo))
            }
        api.get(
            "/listings/{listing}/bought-together", "What was paid together with a thing", tag: tag
        )
        .path(BrowseRoutes.ListingPath.self)
        .handle(as: Visitor.self) { call, _ in
            let listing = try await call.marketplace.publicListing(call.path.listing)
            return Listed(
                items: try await call.marketplace.boughtTogether(with: listing.id)
                    .map { CardAnswer($0) }, next: nil)
        }
        api.get("/listings/{listing}", "One thing with its variants and pictures", tag: tag)
            .path(BrowseRoutes.ListingPath.self)
            .handle(as: Visitor.self) { call, _ in
                RawJSON<PublicListing>(try await call.marketplace.listingJSON(call.path.listing))
            }
        api.get("/sellers/{slug}", "A maker's public page", tag: tag)
            .path(BrowseRoutes.SlugPath.self)
            .handle(as: Visitor.self) { call, _ in
                ShopAnswer(try await call.marketplace.shop(slug: call.path.slug))
            }
    }

    @Sendable private func listings(
        _ call: Call<Nothing, ListingsQuery, Nothing>, _ visitor: Visitor
    ) async throws -> Listed<CardAnswer> {
        let query = try await cardQuery(call.query, call.request)
        let request = try ListQuery(after: call.query.after, limit: call.query.limit).page()
        return Listed(try await call.marketplace.cards(query, request)) { CardAnswer($0) }
    }

    private func cardQuery(
        _ asked: ListingsQuery, _ request: WebRequest
    ) async throws -> CardQuery {
        let marketplace = request.marketplace
        var query = CardQuery()
        query.language = request.spokenLanguage ?? .english
        query.text = asked.text
        if let slug = asked.category { query.category = try await marketplace.category(slug: slug) }
        if let slug = asked.seller { query.seller = try await marketplace.shop(slug: slug).id }
        if let currency = asked.currency { query.currency = currency }
        query.priceMin = asked.priceMin
        query.priceMax = asked.priceMax
        query.inStockOnly = asked.inStock ?? false
        query.sentTo = asked.sentTo
        query.starsMin = asked.starsMin
        query.kind = asked.kind
        query.tag = asked.tag
        query.attributes = AttributeWish.list(asked.attribute ?? [])
        query.sort =
            asked.sort.flatMap { CardQuery.Sort(rawValue: $0.rawValue) }
            ?? (query.text == nil ? .newest : .relevance)
        return query
    }
}

struct CategoryAnswer: Codable, Sendable {
    let id: ID<Kernel.Category>
    let parentId: ID<Kernel.Category>?
    let slug: String
    let name: String

    init(_ category: Kernel.Category) {
        id = category.id
        parentId = category.parent
        slug = category.slug
        name = category.name
    }
}

struct CardAnswer: Codable, Sendable {
    let id: ID<Listing>
    let title: String
    /// The cheapest variant's.
    let price: Money
    let inStock: Bool
    let ratingSum: Int64
    let ratingCount: Int
    let sellerSlug: String
    let sellerName: String
    /// `/media/<hash>` is the picture.
    let imageHash: String?

    init(_ card: ListingCard) {
        id = card.id
        title = card.title
        price = card.price
        inStock = card.inStock
        ratingSum = card.rating.sum
        ratingCount = card.rating.count
        sellerSlug = card.sellerSlug
        sellerName = card.sellerName
        imageHash = card.imageHash?.description
    }
}

struct ShopAnswer: Codable, Sendable {
    let id: ID<Seller>
    let slug: String
    let name: String
    let about: String
    let country: String
    let ratingSum: Int64
    let ratingCount: Int
    let since: Instant

    init(_ seller: Seller) {
        id = seller.id
        slug = seller.slug
        name = seller.name
        about = seller.about
        country = seller.country
        ratingSum = seller.rating.sum
        ratingCount = seller.rating.count
        since = seller.createdAt
    }
}
