import Postgres
import Vocabulary

/// The lists that customers browse. Only what is for sale is ever in them.
struct CardStore {
    let db: any Queryable

    /// The things that fit, each with its cursor, in order.
    func list(
        _ query: CardQuery, after cursor: CardCursor?, limit: Int
    ) async throws -> [(card: ListingCard, cursor: String)] {
        guard query.sort.isByPrice else { return try await page(query, cursor, limit) }
        var stretches = query.stretches(from: cursor)
        guard !stretches.isEmpty else { return [] }
        var query = query
        query.stretch = stretches.removeFirst()
        var rows = try await page(query, cursor, limit)
        guard rows.count < limit, !stretches.isEmpty else { return rows }
        let filled = try await filled(besides: query.currency)
        for stretch in stretches where filled.contains(stretch) && rows.count < limit {
            query.stretch = stretch
            rows += try await page(query, nil, limit - rows.count)
        }
        return rows
    }

    private func page(
        _ query: CardQuery, _ cursor: CardCursor?, _ limit: Int
    ) async throws -> [(card: ListingCard, cursor: String)] {
        let chosen =
            query.text.map { Self.found($0, query, cursor, limit) }
            ?? Self.browsed(query, cursor, limit)
        return try await db.query("with \(chosen) \(Self.cards), chosen.key::text \(Self.from)")
            .decode { c in
                let card = try Self.card(&c)
                return (card, CardCursor.text(card, key: try c.next(), query.sort))
            }
    }

    /// Where anything is for sale in another currency. The ends of the index tell: whether there is
    /// one of a range is asked in vain of everything in a plan that is kept for all ranges.
    private func filled(besides currency: Currency) async throws -> Set<PriceStretch> {
        let ends = try await db.query(
            """
            select (select l.currency from listing l where l.for_sale
                    order by \(Self.currency) limit 1),
                (select l.currency from listing l where l.for_sale
                    order by \(Self.currency) desc limit 1)
            """
        ).decode { c in (try c.next(Currency?.self), try c.next(Currency?.self)) }.first
        guard let least = ends?.0, let most = ends?.1 else { return [] }
        return Set(
            (least.code < currency.code ? [.before] : [])
                + (most.code > currency.code ? [.behind] : []))
    }

    /// These, as far as they are for sale.
    func list(_ ids: [ID<Listing>]) async throws -> [ListingCard] {
        try await db.query(
            """
            with chosen as (
                select id, 0 as place from listing where id = any(\(ids)::uuid[]) and for_sale
            )
            \(Self.cards) \(Self.from)
            """
        ).decode { c in try Self.card(&c) }
    }

    /// What was paid in the same purchases as a thing and can still be had, the most frequent
    /// first.
    func boughtTogether(
        with listing: ID<Listing>, among purchases: Int, limit: Int
    ) async throws -> [ID<Listing>] {
        try await db.query(
            """
            with bought as materialized (
                select distinct o.purchase_id from (
                    select order_id from order_line where listing_id = \(listing)
                    order by id desc limit \(purchases)::int
                ) line join orders o on o.id = line.order_id and o.paid_at is not null
            )
            select l.id from bought
            join orders o on o.purchase_id = bought.purchase_id and o.paid_at is not null
            join order_line other on other.order_id = o.id and other.listing_id <> \(listing)
            join listing l on l.id = other.listing_id and l.for_sale and l.in_stock
            group by l.id
            order by count(distinct bought.purchase_id) desc, l.id desc limit \(limit)::int
            """
        ).decode { c in try c.next() }
    }

    /// What stands on the most of the newest lines that were paid.
    func popular(among lines: Int, limit: Int) async throws -> [ID<Listing>] {
        try await db.query(
            """
            select l.id from (
                select listing_id, order_id from order_line order by id desc
                limit \(lines)::int
            ) line
            join orders o on o.id = line.order_id and o.paid_at is not null
            join listing l on l.id = line.listing_id and l.for_sale
            group by l.id order by count(*) desc, l.id desc limit \(limit)::int
            """
        ).decode { c in try c.next() }
    }

    private static let cards: SQL = """
        select l.id, l.handle, l.title, l.price_from, l.currency,
            exists (
                select from variant v
                where v.listing_id = l.id and v.active and v.price > l.price_from
            ),
            l.in_stock, l.rating_sum, l.rating_count, s.slug, s.name, i.content_hash, i.width,
            i.height, i.source_url
        """

    private static let from: SQL = """
        from chosen join listing l on l.id = chosen.id
        join seller s on s.id = l.seller_id
        \(ImageStore.first)
        order by chosen.place
        """

    private static func card(_ c: inout Columns) throws -> ListingCard {
        ListingCard(
            id: try c.next(), handle: try c.next(), title: try c.next(),
            price: Money(try c.next(), try c.next()), hasSeveralPrices: try c.next(),
            inStock: try c.next(),
            rating: Rating(sum: try c.next(), count: try c.next()),
            sellerSlug: try c.next(), sellerName: try c.next(), image: try ShownImage(&c),
            imageSourceURL: try c.next())
    }

    /// Some of what fits, named `looked`, for counting.
    static func looked(at query: CardQuery, limit: Int) -> SQL {
        let columns: SQL =
            """
            l.category_path, l.seller_id, l.currency, l.price_from, l.in_stock, l.product_type,
                l.tags, l.rating_sum, l.rating_count, l.terms
            """
        guard let text = query.text else {
            return """
                looked as materialized (
                    select \(columns) from listing l where l.for_sale and \(filters(query))
                    order by l.id desc limit \(limit)::int
                )
                """
        }
        let found: SQL = """
            \(fitting(columns, columns, query, limit)) \(named(columns, query, limit))
            """
        return """
            \(wanted(text)),
            looked as materialized (select * from (\(found)) fitting limit \(limit)::int)
            """
    }

    /// By their ids, which begin with the milliseconds at which they were made (RFC 9562, 5.7).
    /// - Parameter first: where to begin within that time; at its beginning without.
    func ids(
        from start: Instant, until end: Instant, first: ID<Listing>?, skipping: Int = 0, limit: Int
    ) async throws -> [ID<Listing>] {
        func bound(_ instant: Instant) -> SQL {
            """
            (lpad(to_hex(\(instant.secondsSince1970 * 1000)::bigint), 12, '0')
                || repeat('0', 20))::uuid
            """
        }
        return try await db.query(
            """
            select l.id from listing l
            where l.for_sale and l.id >= \(bound(start)) and l.id < \(bound(end))
                and (\(first)::uuid is null or l.id >= \(first)::uuid)
            order by l.id offset \(skipping)::int limit \(limit)::int
            """
        ).decode { c in try c.next() }
    }

    /// When things for sale were changed last, by their ids.
    func changes(of ids: [ID<Listing>]) async throws -> [ID<Listing>: Instant] {
        let rows = try await db.query(
            """
            select id, coalesce(changed_at, published_at, created_at) from listing
            where id = any(\(ids)::uuid[])
            """
        ).decode { c in (try c.next(ID<Listing>.self), try c.next(Instant.self)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// When the newest thing that is for sale was changed last.
    func newestChange() async throws -> Instant? {
        try await db.query(
            """
            select coalesce(changed_at, published_at, created_at) from listing
            where for_sale order by id desc limit 1
            """
        ).decode { c in try c.next(Instant.self) }.first
    }

    /// When the oldest thing that is for sale was made.
    func oldest() async throws -> Instant? {
        try await db.query("select created_at from listing where for_sale order by id limit 1")
            .decode { c in try c.next(Instant.self) }.first
    }

    /// Without a text: an index gives the order, so a page costs what it shows.
    static func browsed(_ query: CardQuery, _ cursor: CardCursor?, _ limit: Int) -> SQL {
        let order = order(query.sort)
        return """
            chosen as materialized (
                select l.id, \(key(query.sort)) as key,
                    row_number() over (order by \(order)) as place
                from listing l
                where l.for_sale and \(filters(query)) and \(after(cursor, query))
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
        let (sort, order) = (query.sort, orderOfKeys(query.sort))
        func ranked(by meaning: SQL) -> SQL {
            "l.id, l.currency, \(key(sort, ranked: meaning)) as key"
        }
        let fitting = fitting(
            ranked(by: "wanted.query"), ranked(by: meaning), query, CardQuery.candidatesMax)
        let keyed: SQL = "l.id, l.currency, \(keyOfNamed(sort)) as key"
        return """
            \(wanted(text)), candidates as materialized (
                \(fitting)
                \(named(keyed, query, CardQuery.candidatesMax))
            ), chosen as materialized (
                select id, key, row_number() over (order by \(order)) as place
                from (\(ordered(query, cursor, limit))) fitting
                order by \(order)
                limit \(limit)::int
            )
            """
    }

    /// No more than a bounded number is ranked. Every other order is exact: when more fits than
    /// was looked at, so much does that walking the order's index soon finds a page of it.
    private static func ordered(
        _ query: CardQuery, _ cursor: CardCursor?, _ limit: Int
    ) -> SQL {
        let few: SQL = """
            select id, currency, key from candidates where \(afterKeys(cursor, query))
            """
        guard query.sort != .relevance else { return few }
        let named: SQL = query.meant.map { within($0) } ?? "false"
        return """
            \(few) and (select count(id) from candidates) < \(CardQuery.candidatesMax)::int
            union all (
                select l.id, l.currency, \(key(query.sort)) as key
                from listing l
                where (select count(id) from candidates) >= \(CardQuery.candidatesMax)::int
                    and l.for_sale and \(filters(query)) and \(after(cursor, query))
                    and (\(fits) or \(named))
                order by \(order(query.sort))
                limit \(limit)::int
            )
            """
    }

    /// What a text means, and whether so much has it that an index is no way to some of it.
    private static func wanted(_ text: String) -> SQL {
        "wanted as materialized (select query, is_common from search_terms(\(text)))"
    }

    private static let meaning: SQL = "(select wanted.query from wanted)"

    /// Some of what has the text in its words: whichever their index finds first. It finds all
    /// before it gives any; so what is everywhere is looked for among the newest instead.
    /// - Parameter common: the same columns without the table `wanted`.
    private static func fitting(
        _ columns: SQL, _ common: SQL, _ query: CardQuery, _ limit: Int
    ) -> SQL {
        """
        (select \(columns) from wanted join listing l on l.document @@ wanted.query
            where not wanted.is_common and l.for_sale and \(filters(query))
                and \(within(query.stretch, query))
            limit \(limit)::int)
        union all (
            select * from (
                select \(common) from listing l
                where (select wanted.is_common from wanted) and l.for_sale and \(filters(query))
                    and \(within(query.stretch, query)) and \(fits)
                order by l.id desc limit \(walkedMax)
            ) newest limit \(limit)::int
        )
        """
    }

    /// No less than any limit of ``fitting(_:_:_:_:)``. It stands in the text of the statement: a
    /// plan that is kept for all limits would seem so dear that PostgreSQL makes one each time.
    private static let walkedMax: SQL = "1001"

    /// Whether the text is in a thing's words. By its function, that is no condition for an index.
    private static let fits: SQL = "ts_match_vq(l.document, \(meaning))"

    /// To be added to what an index found by its words: what is in the category that the text
    /// names, the newest of it, which another index finds.
    private static func named(_ columns: SQL, _ query: CardQuery, _ limit: Int) -> SQL {
        guard let meant = query.meant else { return "" }
        return """
            union all (
                select \(columns) from listing l
                where l.for_sale and \(within(meant)) and \(filters(query))
                    and \(within(query.stretch, query))
                    and not coalesce(\(fits), false)
                order by l.id desc limit \(limit)::int
            )
            """
    }

    /// The category and all below it.
    private static func within(_ category: Category) -> SQL {
        switch category.path.count {
        case 1: "l.category_path[1] = \(category.id)"
        case 2: "l.category_path[2] = \(category.id)"
        default: "l.category_path[3] = \(category.id)"
        }
    }

    private static func filters(_ query: CardQuery) -> SQL {
        var condition: SQL = "true"
        if let category = query.category {
            condition = "\(condition) and \(within(category))"
        }
        if let seller = query.seller { condition = "\(condition) and l.seller_id = \(seller)" }
        if query.asksForPrice, query.stretch == nil {
            condition = "\(condition) and \(currency) = \(query.currency)"
        }
        if let least = query.priceMin { condition = "\(condition) and l.price_from >= \(least)" }
        if let most = query.priceMax { condition = "\(condition) and l.price_from <= \(most)" }
        if let kind = query.kind { condition = "\(condition) and l.product_type = \(kind)" }
        if let tag = query.tag {
            condition = "\(condition) and l.tags @> array[\(tag)::text]"
        }
        if let stars = query.starsMin {
            condition = """
                \(condition) and l.rating_count > 0
                and l.rating_sum >= \(stars)::bigint * l.rating_count
                """
        }
        if let country = query.sentTo {
            condition = "\(condition) and \(DestinationStore.sends("l", to: country))"
        }
        for wish in query.attributes {
            condition = "\(condition) and \(AttributeFacetStore.fits(wish))"
        }
        if query.inStockOnly { condition = "\(condition) and l.in_stock" }
        return isPlannedAnew(query)
            ? "\(condition) and (\(true)::boolean or planned_anew(l.id))" : condition
    }

    /// One word is said of half of all things and another of three, and so it is with prices:
    /// which index finds a page soonest depends on the value. A plan that is kept for all values
    /// walks everything for the rare ones, or collects everything for the common ones.
    private static func isPlannedAnew(_ query: CardQuery) -> Bool {
        !query.attributes.isEmpty || query.tag != nil || query.kind != nil
            || query.asksForPrice
    }
}

extension ShownImage {
    /// Nil for a row without one.
    fileprivate init?(_ c: inout Columns) throws {
        let hash = try c.next(ContentHash?.self)
        let (width, height) = (try c.next(Int?.self), try c.next(Int?.self))
        guard let hash else { return nil }
        self.init(hash: hash, width: width ?? 1, height: height ?? 1)
    }
}

extension Queryable {
    var cards: CardStore { CardStore(db: self) }
}
