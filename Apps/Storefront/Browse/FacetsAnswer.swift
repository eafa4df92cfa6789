import Kernel
import Vocabulary

struct FacetsAnswer: Codable, Sendable {
    struct Branch: Codable, Sendable {
        let categoryId: ID<Kernel.Category>
        let count: Int
    }
    struct Maker: Codable, Sendable {
        let slug: String
        let name: String
        let count: Int
    }
    struct Band: Codable, Sendable {
        /// Minor units, included; absent for no bound.
        let priceMin: Int64?
        /// Minor units, included; absent for no bound.
        let priceMax: Int64?
        let currency: Currency
        let count: Int
    }
    struct Priced: Codable, Sendable {
        let currency: Currency
        let count: Int
    }

    struct Stars: Codable, Sendable {
        /// On average.
        let least: Int
        let count: Int
    }

    struct Word: Codable, Sendable {
        let word: String
        let count: Int
    }

    let categories: [Branch]
    /// What their makers say that they are.
    let kinds: [Word]
    /// Their makers' words for them.
    let tags: [Word]
    let makers: [Maker]
    /// In the currency that is asked for.
    let prices: [Band]
    /// How much is sold in each.
    let currencies: [Priced]
    /// What attributes say of them.
    let attributes: [AttributeFacetAnswer]
    /// Rated so and better.
    let stars: [Stars]
    let inStock: Int
    /// What is sent to `sentTo`; absent without it.
    let sent: Int?
    let isWhole: Bool

    init(_ facets: Facets) {
        categories = facets.categories.map { Branch(categoryId: $0.category, count: $0.count) }
        makers = facets.makers.map { Maker(slug: $0.slug, name: $0.name, count: $0.count) }
        prices = facets.bands.map {
            Band(
                priceMin: $0.least, priceMax: $0.most, currency: $0.currency, count: $0.count)
        }
        currencies = facets.currencies.map { Priced(currency: $0.currency, count: $0.count) }
        kinds = facets.kinds.map { Word(word: $0.word, count: $0.count) }
        tags = facets.tags.map { Word(word: $0.word, count: $0.count) }
        attributes = facets.attributes.map { AttributeFacetAnswer($0) }
        stars = facets.stars.map { Stars(least: $0.least, count: $0.count) }
        inStock = facets.inStock
        sent = facets.sent
        isWhole = facets.isWhole
    }
}
