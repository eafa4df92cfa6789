import Postgres

/// Every row of every table as one hash a table: two prints are equal when nothing has changed.
public struct DatabasePrint: Equatable, Sendable {
    private let tables: [String: String]

    /// - Parameter except: tables that remember having been asked. When a token was last used is
    ///   left out of all.
    public init(_ db: any Queryable, except: Set<String> = ["idempotency_key"]) async throws {
        let rows = try await db.query(
            """
            select relname::text, (xpath('/row/print/text()', query_to_xml(format(
                'select md5(coalesce(string_agg(line, '''' order by line), '''')) as print from (
                    select md5((to_jsonb(row) - ''last_used_at'')::text) as line from %I row) t',
                relname), false, true, '')))[1]::text
            from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
            """
        ).decode { c in (try c.next(String.self), try c.next(String.self)) }
        tables = Dictionary(rows) { first, _ in first }.filter { !except.contains($0.key) }
    }

    /// The tables that look different in `other`.
    public func changes(to other: DatabasePrint) -> [String] {
        tables.keys.filter { tables[$0] != other.tables[$0] }.sorted()
    }
}
