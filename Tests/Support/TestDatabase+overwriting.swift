import Kernel
@_spi(Statements) import Postgres

/// A column that holds text, by itself, in a list or within JSON.
public struct TextColumn: Hashable, Sendable, CustomStringConvertible {
    public let table: String
    public let name: String
    /// `text`, `text[]` or `jsonb`.
    public let type: String

    public var description: String { "\(table).\(name)" }
}

/// What is done to the texts of a column.
public enum Overwriting: Sendable {
    /// Each has it at its end.
    case behind(String)
    /// Each is it.
    case instead(String)
    /// Each is it with digits behind it that no other row of the table has.
    case numbered(String)
}

extension TestDatabase {
    /// Every column that holds text, by table and name.
    public func textColumns() async throws -> [TextColumn] {
        try await owner.query(
            """
            select held.relname::text, attname::text, format_type(atttypid, atttypmod)
            from pg_attribute column_of join pg_class held on held.oid = column_of.attrelid
            where held.relkind in ('r', 'p') and held.relnamespace = 'public'::regnamespace
                and attnum > 0 and not attisdropped and attgenerated = ''
                and atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype)
                and not held.relispartition
            order by 1, 2
            """
        ).decode { c in
            TextColumn(
                table: try c.next(String.self), name: try c.next(String.self),
                type: try c.next(String.self))
        }
    }

    /// Overwrites every text of a column, whatever triggers would say; checks still hold.
    /// - Parameter members: those of JSON objects that keep what they hold.
    /// - Returns: how many rows were changed by it; nil where the table refuses.
    public func overwrite(
        _ column: TextColumn, _ overwriting: Overwriting, keeping members: Set<String>
    ) async throws -> Int? {
        let kept = members.sorted().map { "'\($0)'" }.joined(separator: ", ")
        let value = Self.expression(column, overwriting, "array[\(kept)]::text[]")
        do {
            return try await owner.transaction { tx in
                try await tx.execute("set local session_replication_role = replica")
                try await tx.execute(SQL(trusted: Self.jsonFunction))
                return try await tx.execute(
                    SQL(
                        trusted: """
                            update \(column.table) set "\(column.name)" = \(value)
                            where "\(column.name)" is distinct from \(value)
                                and "\(column.name)" is not null
                            """))
            }
        } catch let error as PostgresError where error.sqlState?.hasPrefix("23") == true {
            return nil
        }
    }

    private static func expression(
        _ column: TextColumn, _ overwriting: Overwriting, _ kept: String
    ) -> String {
        func text(_ old: String) -> String {
            switch overwriting {
            case .behind(let mark): "\(old) || \(quoted(mark))"
            case .instead(let mark): quoted(mark)
            case .numbered(let mark):
                "\(quoted(mark)) || translate(\(column.table).ctid::text, '(),', '...')"
            }
        }
        let name = "\(column.table).\"\(column.name)\""
        switch column.type {
        case "text[]":
            return """
                array(select \(text("item")) from unnest(\(name)) with ordinality as one (item, at)
                    order by at)
                """
        case "jsonb":
            let isKept = if case .behind = overwriting { "true" } else { "false" }
            return "pg_temp.overwritten(\(name), \(text("''")), \(isKept), \(kept))"
        default: return text(name)
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    private static let jsonFunction = """
        create or replace function pg_temp.overwritten(
            value jsonb, mark text, is_kept boolean, kept text[]
        ) returns jsonb language plpgsql as $$
        begin
            case jsonb_typeof(value)
            when 'string' then
                return to_jsonb(case when is_kept then value #>> '{}' else '' end || mark);
            when 'array' then
                return coalesce((
                    select jsonb_agg(pg_temp.overwritten(item, mark, is_kept, kept) order by at)
                    from jsonb_array_elements(value) with ordinality as one (item, at)
                ), value);
            when 'object' then
                return coalesce((
                    select jsonb_object_agg(key, case when key = any (kept) then item
                        else pg_temp.overwritten(item, mark, is_kept, kept) end)
                    from jsonb_each(value) as one (key, item)
                ), value);
            else return value;
            end case;
        end $$
        """
}
