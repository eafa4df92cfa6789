import Postgres
import Vocabulary

/// Counts of what is for sale, in one statement over a bounded number of rows.
struct FacetStore {
    let db: any Queryable

    /// The counts, and how many things have each of the attributes' terms.
    func count(
        _ query: CardQuery, sentTo country: String?
    ) async throws -> (facets: Facets, terms: [String: Int]) {
        let rows = try await db.query(Self.statement(query, sentTo: country)).decode { c in
            (
                kind: try c.next(String.self), key: try c.next(String.self),
                name: try c.next(String.self), count: try c.next(Int.self)
            )
        }
        func those(_ kind: String) -> [(kind: String, key: String, name: String, count: Int)] {
            rows.filter { $0.kind == kind }.sorted { ($1.count, $0.key) < ($0.count, $1.key) }
        }
        // All of a thousand things are in these, each once.
        let priced = Dictionary(grouping: those("band"), by: { $0.name })
            .mapValues { $0.reduce(0) { $0 + $1.count } }
        let facets = Facets(
            categories: those("category").compactMap { row in
                ID<Category>(row.key).map { Facets.Branch(category: $0, count: row.count) }
            },
            makers: those("maker").map { .init(slug: $0.key, name: $0.name, count: $0.count) },
            kinds: those("kind").map { Facets.Word(word: $0.key, count: $0.count) },
            tags: those("tag").map { Facets.Word(word: $0.key, count: $0.count) },
            bands: those("band").filter { $0.name == query.currency.code }
                .compactMap { row in Int(row.key).map { ($0, row.count) } }
                .sorted { $0.0 < $1.0 }.map { Self.band($0, $1, query.currency) },
            currencies: priced.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .compactMap { code, count in
                    Currency(code).map { Facets.Priced(currency: $0, count: count) }
                },
            stars: those("stars").compactMap { row in
                Int(row.key).map { Facets.Stars(least: $0, count: row.count) }
            }.sorted { $0.least > $1.least },
            inStock: those("stock").first?.count ?? 0,
            sent: country == nil ? nil : those("sent").first?.count ?? 0,
            isWhole: (those("all").first?.count ?? 0) <= Facets.countMax)
        let terms = rows.lazy.filter { $0.kind == "term" }.map { ($0.key, $0.count) }
        return (facets, Dictionary(terms) { first, _ in first })
    }

    private static func statement(_ query: CardQuery, sentTo country: String?) -> SQL {
        let sent = country.map { DestinationStore.sends("shop", to: $0) } ?? "true"
        let edges = Facets.edges(query.currency)
        // What unnests does so in its select list: a function in a from clause is called anew for
        // each row. And what many have in common is grouped before it is unnested.
        return """
            with \(CardStore.looked(at: query, limit: Facets.countMax + 1)), \(Self.counted),
            shop as materialized (
                select seller_id, count(*)::int as many from counted group by seller_id
            )
            select 'category', branch::text, '', sum(many)::int from (
                select unnest(category_path) as branch, many from (
                    select category_path, count(*) as many from counted group by category_path
                ) path
            ) branches group by branch
            union all
            select 'maker', s.slug, s.name, m.many from (
                select * from shop order by many desc, seller_id limit \(Facets.makersMax)::int
            ) m join seller s on s.id = m.seller_id
            union all
            select 'band', band::text, currency, many from (
                select currency, count(*)::int as many,
                    width_bucket(price_from - 1::bigint, \(edges)::bigint[]) as band
                from counted group by 1, 3
            ) bands
            union all
            (select 'kind', product_type, '', count(*)::int as many from counted
                where product_type <> '' group by product_type
                order by many desc, product_type limit \(Facets.wordsMax)::int)
            union all
            (select 'tag', tag, '', count(*)::int as many
                from (select unnest(tags) as tag from counted) tags
                group by tag order by many desc, tag limit \(Facets.wordsMax)::int)
            union all
            select 'stock', '', '', (count(*) filter (where in_stock))::int from counted
            union all
            select 'stars', least::text, '', count(*)::int
            from counted, unnest(\(Facets.starEdges)::int[]) least
            where rating_count > 0 and rating_sum >= least * rating_count group by least
            union all
            select 'sent', '', '', coalesce(sum(shop.many), 0)::int from shop where \(sent)
            union all
            (select 'term', term, '', many from (\(AttributeFacetStore.terms)) terms)
            union all
            select 'all', '', '', count(*)::int from looked
            """
    }

    /// Of what was looked at, what is counted.
    static let counted: SQL =
        "counted as not materialized (select * from looked limit \(Facets.countMax)::int)"

    private static func band(
        _ index: Int, _ count: Int, _ currency: Currency
    ) -> Facets.Band {
        let edges = Facets.edges(currency)
        return Facets.Band(
            least: index > 0 ? edges[index - 1] + 1 : nil,
            most: index < edges.count ? edges[index] : nil, currency: currency, count: count)
    }
}

extension Queryable {
    var facets: FacetStore { FacetStore(db: self) }
}
