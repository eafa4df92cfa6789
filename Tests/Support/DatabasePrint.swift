import Postgres

/// Every row of every table as one hash a table: two prints are equal when nothing has changed.
public struct DatabasePrint: Equatable, Sendable {
    private let tables: [String: String]

    /// - Parameter except: tables that remember having been asked.
    public init(_ db: any Queryable, except: Set<String> = ["idempotency_key"]) async throws {
        let rows = try await db.query(
            """
            select relname::text, (xpath('/row/print/text()', query_to_xml(format(
                'select md5(coalesce(string_agg(md5(row::text), ''''
                    order by md5(row::text)), '''')) as print from %I row',
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
