import Postgres
import Vocabulary

/// What attributes say of the things that a list looks at, and the condition for being in it.
struct AttributeFacetStore {
    let db: any Queryable

    /// How many things have each term of an attribute, over as many as ``FacetStore`` counts.
    func count(_ query: CardQuery, of attribute: String) async throws -> [String: Int] {
        let rows = try await db.query(
            """
            with \(CardStore.looked(at: query, limit: Facets.countMax + 1)), \(FacetStore.counted)
            select term, many from (\(Self.terms)) terms
            where starts_with(term, \(attribute + ":"))
            """
        ).decode { c in (try c.next(String.self), try c.next(Int.self)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// How many of what is counted have each term.
    static let terms: SQL = """
        select term, count(*)::int as many
        from (select unnest(terms) as term from counted) terms
        group by term order by many desc, term limit \(termsMax)::int
        """

    /// Numbers are terms of their own; of more, the rarest are in no band.
    private static let termsMax = 2000

    /// Whether `l` fits what the list is narrowed to by one attribute. Few numbers are terms like
    /// any other; many are looked up.
    static func fits(_ wish: AttributeWish) -> SQL {
        var terms = wish.values.map { "\(wish.attribute):\($0)" }
        var wide: [ClosedRange<Int>] = []
        for range in wish.ranges {
            if range.count <= numbersMax {
                terms += range.map { "\(wish.attribute):\($0)" }
            } else {
                wide.append(range)
            }
        }
        let parts: [SQL] =
            (terms.isEmpty ? [] : ["l.terms && \(terms)::text[]"])
            + wide.map { Self.has($0, wish.attribute) }
        // What nothing was chosen of fits nothing.
        let any: SQL = parts.reduce("false") { "\($0) or \($1)" }
        return parts.count == 1 ? parts[0] : "(\(any))"
    }

    private static func has(_ range: ClosedRange<Int>, _ attribute: String) -> SQL {
        """
        exists (
            select from listing_attribute said
            where said.listing_id = l.id
                and said.attribute_id = (select id from attribute where handle = \(attribute))
                and said.number between \(range.lowerBound)::int and \(range.upperBound)::int)
        """
    }

    private static let numbersMax = 20
}

extension Queryable {
    var attributeFacets: AttributeFacetStore { AttributeFacetStore(db: self) }
}
