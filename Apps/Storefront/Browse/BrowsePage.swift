import Kernel
import Vocabulary
import Web

/// The model of `category-field.mustache`: where to search, the whole tree of it.
struct CategoryField: Fragment {
    static let template = "category-field"

    let choices: [BrowsePage.Choice]

    init(_ tree: [Kernel.Category], chosen: Kernel.Category?) {
        choices = tree.map { category in
            let depth = String(repeating: "\u{a0}\u{a0}", count: category.path.count - 1)
            return BrowsePage.Choice(
                value: category.slug, label: depth + category.localizedName,
                isChosen: category.id == chosen?.id)
        }
    }
}

/// The model of `browse.mustache`: a category, a search, or everything.
struct BrowsePage {
    struct Choice: Hashable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    let headline: String
    let action: String
    let crumbs: [CategoryLink]
    let hasCrumbs: Bool
    let facets: [FacetGroup]
    /// What the list is narrowed to, each with the list without it.
    let chosen: [FacetGroup.Item]
    let hasChosen: Bool
    /// How many fit, as far as was counted.
    let count: String
    /// What narrows the list down and is no input of the form; nil where nothing does.
    let maker: String?
    let kind: String?
    let tag: String?
    let keepsText: Bool
    let text: String
    let from: String
    let to: String
    let inStock: Bool
    let sentTo: String?
    let stars: String?
    let attributes: [String]
    let sorts: [Choice]
    /// One in a search, none in a category.
    let categoryFields: [CategoryField]
    /// None where there is a choice of currencies.
    let currencySign: String
    /// Where things are sold in several.
    let currencies: [Choice]
    let hasCurrencies: Bool
    /// Where nothing is left, whoever looks sees what it was narrowed to.
    let opensFilters: Bool
    let things: [ThingCard]
    let hasThings: Bool
    /// Only what looks like the text was found.
    let isGuess: Bool
    /// Nothing was asked for that could be asked for differently.
    let isBare: Bool
    /// What others bought, where nothing fits.
    let popular: [ThingCard]
    let hasPopular: Bool
    /// Where the list begins; nil at its beginning.
    let first: String?
    let next: String?

    init(
        _ page: Page<ListingCard>, _ query: BrowseQuery, in branch: Kernel.Category?,
        tree: [Kernel.Category], facets: Facets, country: String?, action: String,
        next: String?, isGuess: Bool, popular: [ListingCard]
    ) {
        let isSearch = action == Links.search
        headline = branch.flatMap { isSearch ? nil : $0.localizedName } ?? Self.headline(query)
        self.action = action
        crumbs =
            isSearch
            ? []
            : (branch?.path.dropLast() ?? []).compactMap { id in
                tree.first { $0.id == id }.map { CategoryLink($0) }
            }
        hasCrumbs = !crumbs.isEmpty
        self.facets = FacetGroup.all(
            facets, query, in: branch, tree: tree, country: country, action: action)
        chosen = FacetGroup.chosen(facets, query, in: branch, action: action)
        hasChosen = !chosen.isEmpty
        count = Self.count(facets)
        maker = query.maker
        kind = query.kind
        tag = query.tag
        keepsText = isSearch
        text = query.text ?? ""
        from = query.from ?? ""
        to = query.to ?? ""
        inStock = query.inStock ?? false
        sentTo = query.sentTo
        stars = query.stars
        attributes = query.wishes.flatMap(\.texts)
        let sort = query.cardQuery().sort
        sorts = Self.sorts.filter { $0.0 != .relevance || query.cardQuery().text != nil }
            .map { Choice(value: $0.0.rawValue, label: $0.1, isChosen: $0.0 == sort) }
        categoryFields = isSearch ? [CategoryField(tree, chosen: branch)] : []
        currencies = Self.currencies(facets, chosen: query.prices)
        hasCurrencies = !currencies.isEmpty
        currencySign = hasCurrencies ? "" : Format.sign(of: query.prices)
        things = ThingCard.page(page.items)
        hasThings = !things.isEmpty
        opensFilters = query.isFiltered && !hasThings
        self.isGuess = isGuess
        isBare = !query.isFiltered && query.cardQuery().text == nil && query.after == nil
        self.popular = popular.map { ThingCard($0) }
        hasPopular = !popular.isEmpty
        first = query.after.map { _ in query.link(action, [:]) }
        self.next = next.map { query.link(action, ["after": $0]) }
    }

    /// Also where nothing is sold in them: the one that is chosen, and the market's own, as the way
    /// back.
    private static func currencies(_ facets: Facets, chosen: Currency) -> [Choice] {
        var all = facets.currencies.map(\.currency)
        for one in [chosen, BrowseQuery.ownCurrency] where !all.contains(one) { all.append(one) }
        guard all.count > 1 else { return [] }
        return all.map { Choice(value: $0.code, label: $0.code, isChosen: $0 == chosen) }
    }

    private static func count(_ facets: Facets) -> String {
        facets.isWhole
            ? Format.count(facets.count, "thing", "things")
            : localized("More than \(Facets.countMax) things")
    }

    private static func headline(_ query: BrowseQuery) -> String {
        guard let text = query.cardQuery().text else { return localized("Everything") }
        return "“\(text)”"
    }

    private static var sorts: [(CardQuery.Sort, String)] {
        [
            (.relevance, localized("Best match")), (.newest, localized("Newest first")),
            (.priceUp, localized("Cheapest first")),
            (.priceDown, localized("Dearest first")), (.rating, localized("Best rated first")),
        ]
    }
}
