import Postgres
import Vocabulary

/// The lists that customers browse. Only what is for sale is ever in them.
struct CardStore {
    let db: any Queryable

    /// The things that fit, each with its cursor, in order.
    func list(
        _ query: CardQuery, after cursor: CardCursor?, limit: Int
    ) async throws -> [(card: ListingCard, cursor: String)] {
        let chosen =
            query.text.map { Self.found($0, query, cursor, limit) }
            ?? Self.browsed(query, cursor, limit)
        return try await db.query(
            """
            with \(chosen)
            select l.id, l.handle, l.title, l.price_from, l.currency, l.in_stock, l.rating_sum,
                l.rating_count, s.slug, s.name, i.content_hash, i.source_url, chosen.key::text
            from chosen join listing l on l.id = chosen.id
            join seller s on s.id = l.seller_id
            left join lateral (
                select content_hash, source_url from listing_image
                where listing_id = l.id order by position limit 1
            ) i on true
            order by chosen.place
            """
        ).decode { c in
            let card = ListingCard(
                id: try c.next(), handle: try c.next(), title: try c.next(),
                price: Money(try c.next(), try c.next()), inStock: try c.next(),
                rating: Rating(sum: try c.next(), count: try c.next()),
                sellerSlug: try c.next(), sellerName: try c.next(), imageHash: try c.next(),
                imageSourceURL: try c.next())
            return (card, "\(try c.next(String.self)):\(card.id)")
        }
    }

    /// Without a text: an index gives the order, so a page costs what it shows.
    private static func browsed(_ query: CardQuery, _ cursor: CardCursor?, _ limit: Int) -> SQL {
        let order = order(query.sort)
        return """
            chosen as materialized (
                select l.id, \(key(query.sort)) as key,
                    row_number() over (order by \(order)) as place
                from listing l
                where l.for_sale and \(filters(query)) and \(after(cursor, query.sort))
                order by \(order)
                limit \(limit)::int
            )
            """
    }

    /// With a text: the index finds what fits. Each step is materialized, or the planner asks for
    /// the meaning of the text once per row.
    private static func found(
        _ text: String, _ query: CardQuery, _ cursor: CardCursor?, _ limit: Int
    ) -> SQL {
        let direction = direction(query.sort)
        return """
            wanted as materialized (
                select search_query(\(text)) as query
            ), candidates as materialized (
                select l.id, \(key(query.sort, ranked: true)) as key
                from wanted join listing l on l.document @@ wanted.query
                where l.for_sale and \(filters(query))
                limit \(CardQuery.candidatesMax)::int
            ), chosen as materialized (
                select id, key,
                    row_number() over (order by key \(direction), id \(direction)) as place
                from (\(fitting(query, cursor, limit))) fitting
                order by key \(direction), id \(direction)
                limit \(limit)::int
            )
            """
    }

    /// No more than a bounded number is ranked. Every other order is exact: when more fits than
    /// was looked at, so much does that walking the order's index soon finds a page of it.
    private static func fitting(
        _ query: CardQuery, _ cursor: CardCursor?, _ limit: Int
    ) -> SQL {
        let few: SQL = "select id, key from candidates where \(afterRanked(cursor, query.sort))"
        guard query.sort != .relevance else { return few }
        // By its function, the match is no condition for the documents' own index.
        return """
            \(few) and (select count(id) from candidates) < \(CardQuery.candidatesMax)::int
            union all (
                select l.id, \(key(query.sort)) as key
                from listing l
                where (select count(id) from candidates) >= \(CardQuery.candidatesMax)::int
                    and l.for_sale and \(filters(query)) and \(after(cursor, query.sort))
                    and ts_match_vq(l.document, (select wanted.query from wanted))
                order by \(order(query.sort))
                limit \(limit)::int
            )
            """
    }

    private static func filters(_ query: CardQuery) -> SQL {
        var condition: SQL = "true"
        if let category = query.category {
            switch category.path.count {
            case 1: condition = "\(condition) and l.category_path[1] = \(category.id)"
            case 2: condition = "\(condition) and l.category_path[2] = \(category.id)"
            default: condition = "\(condition) and l.category_path[3] = \(category.id)"
            }
        }
        if let seller = query.seller { condition = "\(condition) and l.seller_id = \(seller)" }
        if let least = query.priceMin { condition = "\(condition) and l.price_from >= \(least)" }
        if let most = query.priceMax { condition = "\(condition) and l.price_from <= \(most)" }
        if query.inStockOnly { condition = "\(condition) and l.in_stock" }
        return condition
    }

    private static func order(_ sort: CardQuery.Sort) -> SQL {
        switch sort {
        case .newest, .relevance: "l.id desc"
        case .priceUp: "l.price_from, l.id"
        case .priceDown: "l.price_from desc, l.id desc"
        case .rating: "l.rating_score desc, l.id desc"
        }
    }

    private static func key(_ sort: CardQuery.Sort, ranked: Bool = false) -> SQL {
        switch sort {
        case .newest: "0"
        case .priceUp, .priceDown: "l.price_from"
        case .rating: "l.rating_score"
        case .relevance where ranked:
            """
            ts_rank(l.document, wanted.query)::double precision
                * case when l.in_stock then 1 else 0.5 end
            """
        case .relevance: "0"
        }
    }

    private static func direction(_ sort: CardQuery.Sort) -> SQL {
        sort == .priceUp ? "asc" : "desc"
    }

    private static func after(_ cursor: CardCursor?, _ sort: CardQuery.Sort) -> SQL {
        guard let cursor else { return "true" }
        let (value, id) = (cursor.value, cursor.id)
        return switch sort {
        case .newest, .relevance: "l.id < \(id)"
        case .priceUp: "(l.price_from, l.id) > (\(value)::numeric::bigint, \(id)::uuid)"
        case .priceDown: "(l.price_from, l.id) < (\(value)::numeric::bigint, \(id)::uuid)"
        case .rating: "(l.rating_score, l.id) < (\(value)::numeric::int, \(id)::uuid)"
        }
    }

    private static func afterRanked(_ cursor: CardCursor?, _ sort: CardQuery.Sort) -> SQL {
        guard let cursor else { return "true" }
        let (value, id) = (cursor.value, cursor.id)
        return sort == .priceUp
            ? "(key::double precision, id) > (\(value)::double precision, \(id)::uuid)"
            : "(key::double precision, id) < (\(value)::double precision, \(id)::uuid)"
    }
}

extension Queryable {
    var cards: CardStore { CardStore(db: self) }
}
