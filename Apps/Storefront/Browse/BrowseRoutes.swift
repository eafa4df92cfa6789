import Kernel
import Vocabulary
import Web

/// What there is to buy, for people.
struct BrowseRoutes {
    struct SlugPath: Described {
        let slug: String
        static let rules: [String: [Rule]] = ["slug": [.length(1...60)]]
    }
    struct ListingPath: Described { let listing: ID<Listing> }
    struct ListingQuery: Described {
        /// The choice that is chosen; one that there is not is left out, and so is one that is
        /// sold out where the choices stand in one list.
        let variant: String?
        /// What is chosen of each option, where there is no choice with all of that.
        let option1: String?
        let option2: String?
        let option3: String?
        static let rules: [String: [Rule]] = [
            "variant": [.length(0...60)], "option1": [.length(0...80)],
            "option2": [.length(0...80)], "option3": [.length(0...80)],
        ]
    }

    private static let cardsPerPage = 24

    func mount(on routes: Routes) {
        routes.get("/").show(as: Visitor.self, use: home)
        routes.get("/search").query(BrowseQuery.self).show(as: Visitor.self, use: search)
        routes.get("/categories/{slug}").path(SlugPath.self).query(BrowseQuery.self)
            .show(as: Visitor.self, use: category)
        routes.get("/listings/{listing}").path(ListingPath.self).query(ListingQuery.self)
            .show(as: Visitor.self, use: listing)
        routes.get("/makers/{slug}").path(SlugPath.self).query(ListQuery.self)
            .show(as: Visitor.self, use: maker)
    }

    @Sendable private func home(
        _ call: PageCall<Nothing, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        async let fresh = call.marketplace.cards(CardQuery(), PageRequest(limit: 12))
        async let picked = call.marketplace.pickedListings()
        async let makers = call.marketplace.pickedMakers()
        async let popular = call.marketplace.popularListings()
        let cards = try await fresh.items
        let seen = try await call.marketplace.cards(of: RecentlySeen(call.request).row)
        var answer = PageAnswer.page(
            "home",
            HomePage(
                cards, picked: try await picked, makers: try await makers,
                popular: try await popular, seen: seen),
            title: localized("Handmade things"), head: .home(cards.first?.imageHash))
        answer.isKeptForBack = true
        return answer
    }

    @Sendable private func search(
        _ call: PageCall<Nothing, BrowseQuery, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let tree = try await call.marketplace.categories()
        let branch = tree.first { $0.slug == call.query.category }
        return try await list(call.query, in: branch, tree, Links.search, call.request)
    }

    @Sendable private func category(
        _ call: PageCall<SlugPath, BrowseQuery, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let tree = try await call.marketplace.categories()
        guard let branch = tree.first(where: { $0.slug == call.path.slug }) else {
            throw CategoryRefusal.unknown
        }
        return try await list(
            call.query, in: branch, tree, Links.category(branch.slug), call.request)
    }

    private func list(
        _ query: BrowseQuery, in branch: Kernel.Category?, _ tree: [Kernel.Category],
        _ action: String, _ asker: WebRequest
    ) async throws -> PageAnswer {
        let marketplace = asker.marketplace
        let request = try ListQuery(after: query.after).page(limit: Self.cardsPerPage)
        var question = query.cardQuery(in: branch)
        if let maker = query.maker { question.seller = try await Self.maker(maker, marketplace) }
        question.attributes = try await marketplace.known(query.wishes)
        let asked = question
        let country = asked.sentTo ?? VisitorCountry(asker).code
        async let counted = marketplace.facets(asked, sentTo: country)
        let page = try await marketplace.cards(asked, request)
        let isGuess = try await marketplace.isGuess(asked, page.items)
        let popular = page.items.isEmpty ? try await marketplace.popularListings() : []
        let model = BrowsePage(
            page, query, in: branch, tree: tree, facets: try await counted, country: country,
            action: action, next: Listed(page) { CardAnswer($0) }.next, isGuess: isGuess,
            popular: popular)
        // A search is not listed, and of a category neither its filtered views nor later pages.
        let isWhole = action != Links.search && !query.isFiltered && query.after == nil
        let above = branch?.path.dropLast().compactMap { id in tree.first { $0.id == id } } ?? []
        let head = branch.flatMap {
            isWhole ? PageHead.category($0, above: above, page.items) : nil
        }
        var answer = PageAnswer.page("browse", model, title: model.headline, head: head)
        answer.isKeptForBack = true
        return answer
    }

    /// A maker whom nobody knows is left out, like every part of a question that makes no sense.
    private static func maker(
        _ slug: String, _ marketplace: Marketplace
    ) async throws -> ID<Seller>? {
        do { return try await marketplace.shop(slug: slug).id } catch is SellerRefusal {
            return nil
        }
    }

    @Sendable private func listing(
        _ call: PageCall<ListingPath, ListingQuery, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let listing: PublicListing
        do {
            listing = try await call.marketplace.publicListing(call.path.listing)
        } catch ListingRefusal.unknown {
            return try await absent(call.path.listing, call.marketplace)
        }
        let options = OptionAxes(
            listing, asked: call.query.variant,
            wished: [call.query.option1, call.query.option2, call.query.option3])
        let asked = Self.asked(of: listing, options, call.query)
        var byShop = CardQuery()
        byShop.seller = listing.seller.id
        async let tree = call.marketplace.categories()
        async let more = call.marketplace.cards(byShop, PageRequest(limit: 5))
        async let maker = call.marketplace.seller(listing.seller.id)
        async let holiday = call.marketplace.holiday(of: listing.seller.id)
        async let policies = call.marketplace.policies(of: listing.seller.id)
        async let together = call.marketplace.boughtTogether(with: listing.id)
        let country = VisitorCountry(call.request).code
        async let delivery = estimate(
            asked.flatMap { $0.available > 0 ? $0.id : nil } ?? listing.firstToHave, country,
            call.marketplace)
        let seen = RecentlySeen(call.request)
        async let before = call.marketplace.cards(of: seen.others(than: listing.id))
        let reviews = try await call.marketplace.reviewCards(of: listing.id)
        let path = try await tree.first { $0.id == listing.category?.id }?.path ?? []
        let isWished = try await WishList(visitor, call.request).has(listing.id)
        let crumbs = try await tree.filter { path.contains($0.id) }
        let attributes = try await call.marketplace.attributes()
        let bought = try await together
        let others = try await Array(more.items.filter { $0.id != listing.id }.prefix(4))
        // So many things that were really bought together say more than a category does.
        let isSoldOut = listing.variants.allSatisfy { $0.available == 0 }
        let similar =
            bought.count < Self.enoughBought || isSoldOut
            ? try await alike(
                listing, crumbs.last, besides: bought + others, inStockOnly: isSoldOut,
                call.marketplace)
            : []
        let (away, estimated) = (try await holiday, try await delivery)
        let model = ListingPage(
            listing, asked: asked, options: options, crumbs: crumbs, attributes: attributes,
            reviews: reviews,
            isWished: isWished,
            isHeld: isSoldOut ? try await isHeld(listing, visitor, call.request) : false,
            maker: try await maker, holiday: away, policies: try await policies,
            delivery: DeliveryLine(
                estimated, to: country, seller: listing.seller.name,
                then: asked.map { Links.listing(listing.id) + "?variant=\($0.id)" }
                    ?? Links.listing(listing.id),
                leaving: try await leaving(estimated, away, call.marketplace)),
            more: others,
            together: bought,
            alike: similar,
            seen: try await before)
        // Whoever comes back to a thing is one visit.
        if !seen.ids.contains(listing.id) {
            await call.request.site.visits.count(listing.seller.id)
        }
        seen.remember(listing.id, on: call.request)
        return .page(
            "listing", model, title: listing.title,
            head: .listing(listing, crumbs, attributes, model.reviews))
    }

    /// Whether the visitor's own checkout holds some of it. A browser that has just come has none.
    private func isHeld(
        _ listing: PublicListing, _ visitor: Visitor, _ request: WebRequest
    ) async throws -> Bool {
        guard visitor.account != nil || request.hasBrowser else { return false }
        let held = try await request.marketplace.held(
            listing.variants.map(\.id), by: visitor.buyer)
        return !held.isEmpty
    }

    /// What is shown as chosen; nil for nothing, or for what is not made.
    private static func asked(
        of listing: PublicListing, _ options: OptionAxes?, _ query: ListingQuery
    ) -> PublicListing.Choice? {
        if let options { return options.chosen }
        return listing.variants.first {
            $0.id.description == query.variant && $0.available > 0
        }
    }

    /// Things of the same category that the page does not show already.
    private func alike(
        _ listing: PublicListing, _ category: Kernel.Category?, besides shown: [ListingCard],
        inStockOnly: Bool, _ marketplace: Marketplace
    ) async throws -> [ListingCard] {
        guard let category else { return [] }
        var query = CardQuery()
        query.category = category
        query.inStockOnly = inStockOnly
        let known = Set(shown.map(\.id)).union([listing.id])
        let page = try await marketplace.cards(
            query, PageRequest(limit: Self.alikeMax + known.count))
        return Array(page.items.filter { !known.contains($0.id) }.prefix(Self.alikeMax))
    }

    private static let enoughBought = 4
    private static let alikeMax = 8

    /// What became of a thing that is not for sale, and what is.
    private func absent(
        _ id: ID<Listing>, _ marketplace: Marketplace
    ) async throws -> PageAnswer {
        guard let thing = try await marketplace.absentListing(id) else {
            throw ListingRefusal.unknown
        }
        var alike = CardQuery()
        alike.category = try await marketplace.categories().first { $0.id == thing.category }
        alike.inStockOnly = true
        let page = AbsentListingPage(
            thing, alike: try await marketplace.cards(alike, PageRequest(limit: 4)).items)
        return .page(
            "listing-absent", page, title: thing.title,
            status: thing.backAt == nil ? .notFound : .ok)
    }

    private func estimate(
        _ variant: ID<Variant>?, _ country: String?, _ marketplace: Marketplace
    ) async throws -> DeliveryEstimate? {
        guard let country, let variant else { return nil }
        do {
            return try await marketplace.deliveryEstimate(
                of: [CheckoutItem(variant: variant, quantity: 1)], to: country)
        } catch is ListingRefusal {
            // Sold out of the market since the page was made: the rest of it stands.
            return .unknown
        }
    }

    /// From when on the days count in which it arrives; nil where the page names no such day, as
    /// there is nothing to choose, or the maker is away.
    private func leaving(
        _ estimate: DeliveryEstimate?, _ holiday: Holiday?, _ marketplace: Marketplace
    ) async throws -> Instant? {
        guard case .sent(_, let others, _) = estimate, !others.isEmpty, holiday?.isOn != true
        else { return nil }
        return try await marketplace.marketNow()
    }

    @Sendable private func maker(
        _ call: PageCall<SlugPath, ListQuery, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let seller = try await call.marketplace.shop(slug: call.path.slug)
        var things = CardQuery()
        things.seller = seller.id
        let page = try await call.marketplace.cards(
            things, call.query.page(limit: Self.cardsPerPage))
        let model = MakerPage(
            seller, page, isFirst: call.query.after == nil,
            next: Listed(page) { CardAnswer($0) }.next,
            ratings: try await call.marketplace.ratingCards(of: seller.id),
            holiday: try await call.marketplace.holiday(of: seller.id),
            policies: try await call.marketplace.policies(of: seller.id))
        var answer = PageAnswer.page(
            "maker", model, title: seller.name, head: call.query.after == nil ? .maker(seller) : nil
        )
        answer.isKeptForBack = true
        return answer
    }
}
