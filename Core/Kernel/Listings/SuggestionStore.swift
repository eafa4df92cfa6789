import Postgres
import Vocabulary

/// Every statement that is run while somebody types.
struct SuggestionStore {
    let db: any Queryable

    /// Titles that fit as a search would find them, the best rated that is in stock first, each
    /// title once.
    func things(_ text: String, limit: Int) async throws -> [Suggestion] {
        try await db.query(
            """
            with wanted as materialized (
                select search_query(\(text)) as query
            ), candidates as materialized (
                select l.id, l.title, l.in_stock, l.rating_score
                from wanted join listing l on l.document @@ wanted.query
                where l.for_sale limit \(Suggestion.candidatesMax)::int
            )
            select id, title from (
                select distinct on (lower(title)) id, title, in_stock, rating_score
                from candidates order by lower(title), in_stock desc, rating_score desc, id desc
            ) once
            order by in_stock desc, rating_score desc, id desc limit \(limit)::int
            """
        ).decode { c in .thing(try c.next(), title: try c.next()) }
    }

    /// Shops with a word in their name that begins so.
    func makers(_ text: String, limit: Int) async throws -> [Suggestion] {
        let begun = text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " }
        // A trigram index finds nothing by less than three letters.
        guard begun.count >= 3 else { return [] }
        return try await db.query(
            """
            select slug, name from seller
            where state = 'verified' and lower(name) like '%' || \(begun)::text || '%'
                and (lower(name) like \(begun)::text || '%'
                    or lower(name) like '% ' || \(begun)::text || '%')
            order by rating_count desc, name limit \(limit)::int
            """
        ).decode { c in .maker(slug: try c.next(), name: try c.next()) }
    }
}

extension Queryable {
    var suggestions: SuggestionStore { SuggestionStore(db: self) }
}
