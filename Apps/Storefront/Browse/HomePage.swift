import Kernel

/// The model of `home.mustache`.
struct HomePage {
    let categories: [CategoryLink]
    let hasCategories: Bool
    let things: [ThingCard]
    let hasThings: Bool

    init(_ tree: [Kernel.Category], _ cards: [ListingCard]) {
        categories = tree.filter { $0.parent == nil }.map { CategoryLink($0) }
        hasCategories = !categories.isEmpty
        things = cards.map { ThingCard($0) }
        hasThings = !things.isEmpty
    }
}

struct CategoryLink {
    let href: String
    let name: String

    init(_ category: Kernel.Category) {
        href = Links.category(category.slug)
        name = category.name
    }
}
