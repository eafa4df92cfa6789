import Postgres
import Vocabulary

extension CardStore {
    /// Whether none of these has each typed word as it was typed: as a word, as its stem, or as
    /// the beginning of a word. What they were found by then only looks like it.
    func areGuessed(_ text: String, _ ids: [ID<Listing>]) async throws -> Bool {
        try await db.query(
            """
            with typed as (
                select string_agg(
                    '(' || quote_literal(word) || ':*'
                        || coalesce(' | ' || quote_literal(stem), '') || ')', ' & '
                )::tsquery as query
                from (
                    select m[1] as word, ts_lexize('english_stem', m[1]) as stems,
                        (ts_lexize('english_stem', m[1]))[1] as stem
                    from regexp_matches(lower(unaccent(\(text))), '[[:alnum:]]{1,40}', 'g') m
                    limit 8
                ) words
                where stems is distinct from '{}'
            )
            select not exists (
                select from listing l, typed
                where l.id = any(\(ids)::uuid[]) and l.document @@ typed.query
            )
            """
        ).decode { c in try c.next(Bool.self) }.first ?? false
    }
}
