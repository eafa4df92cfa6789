import Postgres

/// Every statement on the table of migrations that ran.
struct MigrationStore {
    let db: any Queryable

    /// Any number that nothing else locks.
    private static let lockKey: Int64 = 7_134_901

    func createTable() async throws {
        try await db.execute(
            """
            create table if not exists schema_migration (
                name text primary key,
                checksum text not null,
                at timestamptz not null default clock_timestamp()
            )
            """)
    }

    func tableExists() async throws -> Bool {
        let rows = try await db.query("select to_regclass('schema_migration') is not null")
        guard let row = rows.first else { return false }
        var c = row.columns
        return try c.next()
    }

    /// Takes the lock that only one migrating process holds, until the transaction ends.
    func tryLock() async throws -> Bool {
        let rows = try await db.query("select pg_try_advisory_xact_lock(\(Self.lockKey))")
        guard let row = rows.first else { return false }
        var c = row.columns
        return try c.next()
    }

    func list() async throws -> [MigrationRecord] {
        try await db.query("select name, checksum, at from schema_migration order by name")
            .decode { c in
                try MigrationRecord(name: c.next(), checksum: c.next(), at: c.next())
            }
    }

    func insert(_ migration: Migration) async throws {
        try await db.execute(
            """
            insert into schema_migration (name, checksum)
            values (\(migration.name), encode(sha256(convert_to(\(migration.text), 'UTF8')), 'hex'))
            """)
    }

    func checksums(of migrations: [Migration]) async throws -> [String: String] {
        let rows = try await db.query(
            """
            select name, encode(sha256(convert_to(body, 'UTF8')), 'hex')
            from unnest(\(migrations.map(\.name))::text[], \(migrations.map(\.text))::text[])
                as migration(name, body)
            """)
        let pairs = try rows.decode { c in
            let name: String = try c.next()
            return (name, try c.next(String.self))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Runs all statements of `text`. The driver sends one prepared statement at a time, so a
    /// function that lives as long as its connection takes the script as a parameter.
    func run(_ text: String, lockTimeoutMilliseconds: Int) async throws {
        try await db.execute(
            """
            create or replace function pg_temp.run_script(script text) returns void
            language plpgsql as $$ begin execute script; end $$
            """)
        try await db.execute(
            """
            select set_config('lock_timeout', \(String(lockTimeoutMilliseconds)), true),
                set_config('check_function_bodies', 'off', true)
            """)
        try await db.execute("select pg_temp.run_script(\(text))")
    }
}
