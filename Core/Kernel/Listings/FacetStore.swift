import Postgres
import Vocabulary

/// Counts of what is for sale, in one statement over a bounded number of rows.
struct FacetStore {
    let db: any Queryable

    func count(_ query: CardQuery, sentTo country: String?) async throws -> Facets {
        let sent = country.map { DestinationStore.sends("shop", to: $0) } ?? "true"
        let rows = try await db.query(
            """
            with \(CardStore.looked(at: query, limit: Facets.countMax + 1)),
            counted as materialized (select * from looked limit \(Facets.countMax)::int)
            select 'category', branch::text, '', count(*)::int
            from counted, unnest(category_path) branch group by branch
            union all
            select 'maker', s.slug, s.name, m.many from (
                select seller_id, count(*)::int as many from counted
                group by seller_id order by many desc, seller_id limit \(Facets.makersMax)::int
            ) m join seller s on s.id = m.seller_id
            union all
            select 'band', width_bucket(price_from - 1::bigint, \(Facets.edges)::bigint[])::text,
                '', count(*)::int
            from counted group by 2
            union all
            (select 'kind', product_type, '', count(*)::int as many from counted
                where product_type <> '' group by product_type
                order by many desc, product_type limit \(Facets.wordsMax)::int)
            union all
            (select 'tag', tag, '', count(*)::int as many from counted, unnest(tags) tag
                group by tag order by many desc, tag limit \(Facets.wordsMax)::int)
            union all
            select 'stock', '', '', (count(*) filter (where in_stock))::int from counted
            union all
            select 'stars', least::text, '', count(*)::int
            from counted, unnest(\(Facets.starEdges)::int[]) least
            where rating_count > 0 and rating_sum >= least * rating_count group by least
            union all
            select 'sent', '', '', coalesce(sum(shop.many), 0)::int from (
                select seller_id, count(*) as many from counted group by seller_id
            ) shop where \(sent)
            union all
            select 'all', '', '', count(*)::int from looked
            """
        ).decode { c in
            (
                kind: try c.next(String.self), key: try c.next(String.self),
                name: try c.next(String.self), count: try c.next(Int.self)
            )
        }
        func those(_ kind: String) -> [(kind: String, key: String, name: String, count: Int)] {
            rows.filter { $0.kind == kind }.sorted { ($1.count, $0.key) < ($0.count, $1.key) }
        }
        return Facets(
            categories: those("category").compactMap { row in
                ID<Category>(row.key).map { Facets.Branch(category: $0, count: row.count) }
            },
            makers: those("maker").map { .init(slug: $0.key, name: $0.name, count: $0.count) },
            kinds: those("kind").map { Facets.Word(word: $0.key, count: $0.count) },
            tags: those("tag").map { Facets.Word(word: $0.key, count: $0.count) },
            bands: those("band").compactMap { row in Int(row.key).map { ($0, row.count) } }
                .sorted { $0.0 < $1.0 }.map { Self.band($0, $1) },
            stars: those("stars").compactMap { row in
                Int(row.key).map { Facets.Stars(least: $0, count: row.count) }
            }.sorted { $0.least > $1.least },
            inStock: those("stock").first?.count ?? 0,
            sent: country == nil ? nil : those("sent").first?.count ?? 0,
            isWhole: (those("all").first?.count ?? 0) <= Facets.countMax)
    }

    private static func band(_ index: Int, _ count: Int) -> Facets.Band {
        let edges = Facets.edges
        return Facets.Band(
            least: index > 0 ? edges[index - 1] + 1 : nil,
            most: index < edges.count ? edges[index] : nil, count: count)
    }
}

extension Queryable {
    var facets: FacetStore { FacetStore(db: self) }
}
