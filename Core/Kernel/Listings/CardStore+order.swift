import Postgres
import Vocabulary

// The orders of lists, and where in one a page begins.
extension CardStore {
    /// As the indexes have it; codes are in capitals.
    static let currency: SQL = "upper(l.currency)"

    /// As an index has it. In one currency that column changes nothing.
    static func order(_ sort: CardQuery.Sort) -> SQL {
        switch sort {
        case .newest, .relevance: "l.id desc"
        case .priceUp: "\(currency), l.price_from, l.id"
        case .priceDown: "\(currency) desc, l.price_from desc, l.id desc"
        case .rating: "l.rating_score desc, l.id desc"
        }
    }

    /// - Parameter ranked: the meaning of the text by which a thing is ranked.
    static func key(_ sort: CardQuery.Sort, ranked: SQL? = nil) -> SQL {
        switch sort {
        case .newest: "0"
        case .priceUp, .priceDown: "l.price_from"
        case .rating: "l.rating_score"
        case .relevance:
            ranked.map { query -> SQL in
                """
                ts_rank(l.document, \(query))::double precision
                    * case when l.in_stock then 1 else 0.5 end
                """
            } ?? "0"
        }
    }

    /// Behind everything whose own words fit.
    static func keyOfNamed(_ sort: CardQuery.Sort) -> SQL {
        guard sort == .relevance else { return key(sort) }
        return "(case when l.in_stock then 0.00002 else 0.00001 end)::double precision"
    }

    /// The same order among rows that have their key.
    static func orderOfKeys(_ sort: CardQuery.Sort) -> SQL {
        switch sort {
        case .newest, .relevance, .rating: "key desc, id desc"
        case .priceUp: "currency, key, id"
        case .priceDown: "currency desc, key desc, id desc"
        }
    }

    /// What of an order by price is read.
    static func within(_ stretch: PriceStretch?, _ query: CardQuery) -> SQL {
        switch stretch {
        case nil: "true"
        case .asked: "\(currency) = \(query.currency)"
        case .before: "\(currency) < \(query.currency)"
        case .behind: "\(currency) > \(query.currency)"
        }
    }

    /// What comes behind a cursor, within the stretch that is read.
    static func after(_ cursor: CardCursor?, _ query: CardQuery) -> SQL {
        guard let cursor else { return within(query.stretch, query) }
        let (value, id) = (cursor.value, cursor.id)
        return switch query.sort {
        case .newest, .relevance: "l.id < \(id)"
        case .priceUp, .priceDown: "\(beyond(cursor, query)) and \(afterPrice(cursor, query))"
        case .rating: "(l.rating_score, l.id) < (\(value)::numeric::int, \(id)::uuid)"
        }
    }

    /// In one currency its column is left aside: PostgreSQL begins to read an index where the first
    /// of its columns says, and would go through all that is cheaper.
    private static func afterPrice(_ cursor: CardCursor, _ query: CardQuery) -> SQL {
        let (value, id) = (cursor.value, cursor.id)
        let sign: SQL = query.sort == .priceUp ? ">" : "<"
        guard query.stretch != .asked, let code = cursor.currency else {
            return "(l.price_from, l.id) \(sign) (\(value)::numeric::bigint, \(id)::uuid)"
        }
        return """
            (\(currency), l.price_from, l.id)
                \(sign) (\(code)::text, \(value)::numeric::bigint, \(id)::uuid)
            """
    }

    /// The bound of the stretch, unless the cursor is a nearer one on the same side: PostgreSQL
    /// might begin at the farther one.
    private static func beyond(_ cursor: CardCursor, _ query: CardQuery) -> SQL {
        switch (query.stretch, query.sort) {
        case (.behind, .priceUp), (.before, .priceDown): "true"
        default: within(query.stretch, query)
        }
    }

    /// The same among rows that have their key.
    static func afterKeys(_ cursor: CardCursor?, _ query: CardQuery) -> SQL {
        guard let cursor else { return "true" }
        let (value, id) = (cursor.value, cursor.id)
        let sign: SQL = query.sort == .priceUp ? ">" : "<"
        guard query.stretch != nil, query.stretch != .asked, let currency = cursor.currency else {
            return """
                (key::double precision, id)
                    \(sign) (\(value)::double precision, \(id)::uuid)
                """
        }
        return """
            (currency, key::double precision, id)
                \(sign) (\(currency)::text, \(value)::double precision, \(id)::uuid)
            """
    }
}
