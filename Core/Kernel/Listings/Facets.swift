import Vocabulary

/// How much of what fits a question there is of each kind, for narrowing it down.
public struct Facets: Sendable, Equatable {
    public struct Branch: Sendable, Equatable {
        public let category: ID<Category>
        public let count: Int
    }
    public struct Maker: Sendable, Equatable {
        public let slug: String
        public let name: String
        public let count: Int
    }
    /// Prices from `least` to `most`, both included, in minor units; nil is no bound.
    public struct Band: Sendable, Equatable {
        public let least: Int64?
        public let most: Int64?
        public let currency: Currency
        public let count: Int
    }
    /// What is sold in one currency.
    public struct Priced: Sendable, Equatable {
        public let currency: Currency
        public let count: Int
    }

    /// Of every level of the tree, the most frequent first.
    public let categories: [Branch]
    /// The most frequent first, at most ``makersMax``.
    public let makers: [Maker]
    public struct Word: Sendable, Equatable {
        public let word: String
        public let count: Int

        public init(word: String, count: Int) {
            self.word = word
            self.count = count
        }
    }

    /// What their makers say that they are, and their words for them: the most frequent first, at
    /// most ``wordsMax`` of each.
    public let kinds: [Word]
    public let tags: [Word]
    /// From cheap to dear in ``CardQuery/currency``; without those that are empty.
    public let bands: [Band]
    /// The most frequent first.
    public let currencies: [Priced]
    /// Rated so and better, the best first.
    public struct Stars: Sendable, Equatable {
        /// On average.
        public let least: Int
        public let count: Int
    }

    /// Those of ``starEdges`` that something has.
    public let stars: [Stars]
    public let inStock: Int
    /// What is sent to the country that was asked about; nil when none was.
    public let sent: Int?
    /// What attributes say of them, in the operator's order.
    public internal(set) var attributes: [AttributeFacet] = []
    /// False when more fits than was counted: then every count is of some of them.
    public let isWhole: Bool

    /// So many things are counted, as many as a search looks at closely.
    public static let countMax = CardQuery.candidatesMax
    public static let makersMax = 8
    public static let wordsMax = 8
    public static let starEdges = [4, 3]

    /// How many things were counted.
    public var count: Int { currencies.reduce(0) { $0 + $1.count } }

    /// The last price of each band but the dearest, in minor units. What has no smaller unit than
    /// the yen is worth about as much as a cent; what has more digits than the euro has smaller
    /// ones.
    static func edges(_ currency: Currency) -> [Int64] {
        let smaller = (0..<max(0, currency.exponent - 2)).reduce(Int64(1)) { unit, _ in unit * 10 }
        return [2500, 5000, 10_000].map { $0 * smaller }
    }
}

extension Marketplace {
    /// What there is of each kind among the things that fit `query`, counted over no more than
    /// ``Facets/countMax`` of them: of more the newest, whatever the order that is asked for, or
    /// the counts of the cheapest would know one price only. At most twice
    /// ``KernelSettings/facetLifetime`` ago.
    /// - Parameter country: where somebody wants things sent to, ISO 3166-1 alpha-2.
    /// - Throws: ``InputRefusal`` for a text that is too long.
    public func facets(_ query: CardQuery, sentTo country: String? = nil) async throws -> Facets {
        let asked = try await understood(query)
        return try await knownFacets.value(
            KnownFacets.Key(asked, sentTo: country), for: settings.facetLifetime
        ) {
            let counted = try await database.facets.count(asked, sentTo: country)
            var facets = counted.facets
            facets.attributes = try await attributeFacets(asked, counted.terms)
            return facets
        }
    }
}
