import Kernel
import Vocabulary
import Web

/// Categories and listings.
struct CatalogueRoutes {
    struct ListingPath: Described { let listing: ID<Listing> }

    struct NewCategory: Described {
        /// In English.
        let name: String
        /// In German and French; as in English when left out.
        let nameDe: String?
        let nameFr: String?
        let slug: String?
        let parent: ID<Category>?
        let position: Int?
        let taxCode: String?
        static let rules: [String: [Rule]] = [
            "name": [.length(1...80)], "nameDe": [.length(0...80)], "nameFr": [.length(0...80)],
            "slug": [.length(1...60)], "position": [.range(0...10_000)],
            "taxCode": [.length(1...40)],
        ]
    }

    struct CategoryPath: Described { let category: ID<Category> }

    struct ChangedCategory: Described {
        /// In English.
        let name: String
        /// In German and French; as in English when left out.
        let nameDe: String?
        let nameFr: String?
        let slug: String
        /// At the top when left out.
        let parent: ID<Category>?
        let position: Int
        let taxCode: String
        let reason: String
        static let rules: [String: [Rule]] = [
            "name": [.length(1...80)], "nameDe": [.length(0...80)], "nameFr": [.length(0...80)],
            "slug": [.length(1...60)], "position": [.range(0...10_000)],
            "taxCode": [.length(1...40)], "reason": [.length(3...500)],
        ]

        var draft: CategoryDraft {
            CategoryDraft(
                name: name, names: CategoryNames(de: nameDe, fr: nameFr), slug: slug,
                parent: parent, position: position, taxCode: taxCode)
        }
    }

    struct ListingQuery: Described {
        let state: String?
        let seller: ID<Seller>?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "state": [.choice(Listing.State.allCases.map(\.rawValue))],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    let desk: Desk

    func mount() {
        categories()
        category()
        listings()
    }

    private func categories() {
        desk.page("/categories", .readCatalogue) { call, admin in
            CataloguePages.categories(try await call.marketplace.categories(), admin)
        }
        desk.read("/categories", "The whole tree, parents first", tag: "Catalogue", .readCatalogue)
        { call, _ in
            CategoriesAnswer(
                items: try await call.marketplace.categories().map { CategoryAnswer($0) })
        }
        desk.act(
            Act<Nothing>(
                "/categories", "Add a category", tag: "Catalogue", .moderateCatalogue,
                done: "The category is there.", back: { _ in "/categories" }),
            input: NewCategory.self
        ) { marketplace, _, input, admin in
            CategoryAnswer(
                try await marketplace.createCategory(
                    named: input.name,
                    names: CategoryNames(de: input.nameDe, fr: input.nameFr), slug: input.slug,
                    under: input.parent, position: input.position ?? 0,
                    taxCode: input.taxCode ?? "standard", by: admin.account.id))
        }
    }

    private func category() {
        desk.page("/categories/{category}", .readCatalogue, path: CategoryPath.self) {
            call, admin in
            CataloguePages.category(
                try await call.marketplace.category(call.path.category),
                in: try await call.marketplace.categories(),
                asked: try await call.marketplace.attributes(askedIn: call.path.category), admin)
        }
        desk.read(
            "/categories/{category}", "One category", tag: "Catalogue", .readCatalogue,
            path: CategoryPath.self
        ) { call, _ in
            CategoryAnswer(try await call.marketplace.category(call.path.category))
        }
        desk.act(
            Act<CategoryPath>(
                "/categories/{category}", "Rename a category, or move it with all that is in it",
                tag: "Catalogue", .moderateCatalogue, done: "The category is changed.",
                back: { _ in "/categories" }), input: ChangedCategory.self
        ) { marketplace, path, input, admin in
            CategoryAnswer(
                try await marketplace.changeCategory(
                    path.category, to: input.draft, reason: input.reason,
                    by: admin.account.id))
        }
    }

    private func listings() {
        desk.page("/listings", .readCatalogue, query: ListingQuery.self) { call, admin in
            CataloguePages.listings(
                try await Self.list(call.marketplace, call.query), call.query, admin)
        }
        desk.page("/listings/{listing}", .readCatalogue, path: ListingPath.self) { call, admin in
            let found = try await call.marketplace.listingForModeration(call.path.listing)
            return ModeratedListingPage.show(
                found, try await call.marketplace.contentForModeration(of: found),
                in: try await call.marketplace.categories(), call.marketplace.settings, admin)
        }
        desk.read(
            "/listings", "Listings of all sellers, newest first", tag: "Catalogue",
            .readCatalogue, query: ListingQuery.self
        ) { call, _ in
            Listed(try await Self.list(call.marketplace, call.query)) { ListingAnswer($0) }
        }
        desk.read(
            "/listings/{listing}", "A listing in any state", tag: "Catalogue", .readCatalogue,
            path: ListingPath.self
        ) { call, _ in
            ListingAnswer(try await call.marketplace.listingForModeration(call.path.listing))
        }
        moderate("block", "Take a listing down", done: "The listing is blocked.") {
            try await $0.blockListing($1, reason: $2, by: $3)
        }
        moderate("release", "Let a blocked listing be published again", done: "It is a draft.") {
            try await $0.unblockListing($1, reason: $2, by: $3)
        }
    }

    private func moderate(
        _ noun: String, _ summary: String, done: Phrase,
        _ perform:
            @escaping @Sendable (Marketplace, ID<Listing>, String, ID<Account>) async throws
            -> Void
    ) {
        desk.act(
            Act<ListingPath>(
                "/listings/{listing}/\(noun)", summary, tag: "Catalogue", .moderateCatalogue,
                done: done, back: { "/listings/\($0.listing)" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await perform(marketplace, path.listing, input.reason, admin.account.id)
            return ListingAnswer(try await marketplace.listingForModeration(path.listing))
        }
    }

    private static func list(
        _ marketplace: Marketplace, _ query: ListingQuery
    ) async throws -> Kernel.Page<ListingFound> {
        try await marketplace.listingsForModeration(
            in: query.state.flatMap(Listing.State.init(rawValue:)), of: query.seller,
            query.page())
    }
}
