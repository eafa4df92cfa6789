import Kernel
import Vocabulary
import Web

/// Ways to narrow a list down, with how much is left of it: the model of `facet-group.mustache`.
struct FacetGroup: Fragment {
    struct Item: Hashable {
        let label: String
        let href: String
        /// `12`; `12+` when more fits than was counted.
        let count: String
        /// The list is narrowed to it, and the link takes that back.
        var isChosen = false
    }

    static let template = "facet-group"

    let title: String
    let items: [Item]

    /// The groups that have something to choose: narrower categories, makers, prices, stock.
    static func all(
        _ facets: Facets, _ query: BrowseQuery, in branch: Kernel.Category?,
        tree: [Kernel.Category], country: String?, action: String
    ) -> [FacetGroup] {
        func counted(_ count: Int) -> String { facets.isWhole ? "\(count)" : "\(count)+" }
        let counts = Dictionary(facets.categories.map { ($0.category, $0.count) }) { $1 }
        let isSearch = action == Links.search
        let narrower = tree.filter { $0.parent == branch?.id && counts[$0.id] != nil }.map {
            Item(
                label: $0.localizedName,
                href: isSearch
                    ? query.link(action, ["category": $0.slug])
                    : query.link(Links.category($0.slug), [:]),
                count: counted(counts[$0.id] ?? 0))
        }
        let makers = facets.makers.map {
            Item(
                label: $0.name, href: query.link(action, ["maker": $0.slug]),
                count: counted($0.count))
        }
        let bands = facets.bands.map { band in
            Item(
                label: words(band),
                href: query.link(
                    action,
                    ["from": text(band.least, band.currency), "to": text(band.most, band.currency)]
                ),
                count: counted(band.count))
        }
        let stock = Item(
            label: localized("In stock"), href: query.link(action, ["inStock": "true"]),
            count: counted(facets.inStock))
        let available =
            (query.inStock == true || facets.inStock == 0 ? [] : [stock])
            + (query.sentTo == nil && facets.sent != 0 ? sent(facets, query, country, action) : [])
        func choices(_ words: [Facets.Word], _ name: String) -> [Item] {
            words.map {
                Item(
                    label: $0.word, href: query.link(action, [name: $0.word]),
                    count: counted($0.count))
            }
        }
        let kinds = choices(facets.kinds, "kind")
        // A word that one thing has narrows nothing down: it is that thing.
        let tags = choices(facets.tags.filter { $0.count > 1 }, "tag")
        let said = [
            FacetGroup(title: localized("Category"), items: narrower),
            FacetGroup(
                title: localized("Kind"), items: query.kind == nil && kinds.count > 1 ? kinds : []),
            FacetGroup(
                title: localized("Words"), items: query.tag == nil && tags.count > 1 ? tags : []),
        ]
        let sold = [
            FacetGroup(
                title: localized("Maker"),
                items: query.maker == nil && makers.count > 1 ? makers : []),
            FacetGroup(
                title: localized("Price"),
                items: query.from == nil && query.to == nil && bands.count > 1 ? bands : []),
            FacetGroup(
                title: localized("Rating"),
                items: query.stars == nil ? rated(facets, query, action) : []),
            FacetGroup(title: localized("Availability"), items: available),
        ]
        return (said + AttributeGroups.all(facets, query, action) + sold).filter {
            !$0.items.isEmpty
        }
    }

    private static func sent(
        _ facets: Facets, _ query: BrowseQuery, _ country: String?, _ action: String
    ) -> [Item] {
        guard let country, let count = facets.sent else { return [] }
        return [
            Item(
                label: localized("Sent to \(Countries.name(country))"),
                href: query.link(action, ["sentTo": country]),
                count: facets.isWhole ? "\(count)" : "\(count)+")
        ]
    }

    private static func rated(
        _ facets: Facets, _ query: BrowseQuery, _ action: String
    ) -> [Item] {
        facets.stars.map {
            Item(
                label: localized("★ \($0.least) and more"),
                href: query.link(action, ["stars": "\($0.least)"]),
                count: facets.isWhole ? "\($0.count)" : "\($0.count)+")
        }
    }

    /// What is chosen, each with the list without it.
    static func chosen(
        _ facets: Facets, _ query: BrowseQuery, in branch: Kernel.Category?, action: String
    ) -> [Item] {
        var items: [Item] = []
        if action == Links.search, let branch {
            items.append(
                Item(
                    label: branch.localizedName, href: query.link(action, ["category": nil]),
                    count: ""))
        }
        if let maker = query.maker {
            items.append(
                Item(
                    label: facets.makers.first { $0.slug == maker }?.name ?? maker,
                    href: query.link(action, ["maker": nil]), count: ""))
        }
        for (name, word) in [("kind", query.kind), ("tag", query.tag)] {
            guard let word else { continue }
            items.append(Item(label: word, href: query.link(action, [name: nil]), count: ""))
        }
        let asked = query.cardQuery()
        if asked.priceMin != nil || asked.priceMax != nil {
            let words = [
                asked.priceMin.map {
                    localized("from \(Format.money(Money($0, asked.currency)))")
                },
                asked.priceMax.map {
                    localized("to \(Format.money(Money($0, asked.currency)))")
                },
            ]
            items.append(
                Item(
                    label: words.compactMap { $0 }.joined(separator: " "),
                    href: query.link(action, ["from": nil, "to": nil]), count: ""))
        }
        items += AttributeGroups.chosen(facets, query, action)
        if query.inStock == true {
            items.append(
                Item(
                    label: localized("In stock"), href: query.link(action, ["inStock": nil]),
                    count: ""))
        }
        if let least = query.cardQuery().starsMin {
            items.append(
                Item(
                    label: localized("★ \(least) and more"),
                    href: query.link(action, ["stars": nil]),
                    count: ""))
        }
        if let country = query.cardQuery().sentTo {
            items.append(
                Item(
                    label: localized("Sent to \(Countries.name(country))"),
                    href: query.link(action, ["sentTo": nil]), count: ""))
        }
        return items
    }

    private static func words(_ band: Facets.Band) -> String {
        func money(_ amount: Int64) -> String { Format.money(Money(amount, band.currency)) }
        return switch (band.least, band.most) {
        case (nil, let most?): localized("Up to \(money(most))")
        case (let least?, nil): localized("More than \(money(least - 1))")
        case (let least?, let most?): localized("\(money(least - 1)) to \(money(most))")
        case (nil, nil): localized("Any")
        }
    }

    private static func text(_ amount: Int64?, _ currency: Currency) -> String? {
        amount.map { Money($0, currency).decimalText }
    }
}
