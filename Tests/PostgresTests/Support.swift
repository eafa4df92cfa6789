import Logging
import Reactor
import TestServers
import Synchronization

@_spi(Statements) @testable import Postgres

/// Runs `body` with a database on the shared server, in a schema of its own.
func withDatabase(
    _ settings: (inout DatabaseSettings) -> Void = { _ in },
    _ body: (Database) async throws -> Void
) async throws {
    let server = try await ThrowawayPostgres.shared()
    let schema = "test_\(lastSchema.withLock { $0 += 1; return $0 })"
    let reactor = Reactor()
    let maker = Database(DatabaseSettings(url: server.url), reactor: reactor, logger: .quiet)
    try await maker.execute(SQL(trusted: "create schema \(schema)"))
    await maker.close()
    var values = DatabaseSettings(url: server.url + "?options=-csearch_path%3D" + schema)
    // Whoever tests a deadline sets it: what else waits here is the machine, not a fault.
    values.waitDeadline = .seconds(20)
    settings(&values)
    let database = Database(values, reactor: reactor, logger: .quiet)
    try await body(database)
    await database.close()
}

private let lastSchema = Mutex(0)

/// Runs `body` with a database on a server of its own, which it may kill.
func withServer(
    _ settings: (inout DatabaseSettings) -> Void = { _ in },
    _ body: (Database, ThrowawayPostgres) async throws -> Void
) async throws {
    try await ThrowawayPostgres.with { server in
        var values = DatabaseSettings(url: server.url)
        settings(&values)
        let database = Database(values, reactor: Reactor(), logger: .quiet)
        try await body(database, server)
        await database.close()
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension Queryable {
    /// The first column of the first row.
    func value<Value: SQLDecodable>(_ sql: SQL, _ type: Value.Type = Value.self) async throws
        -> Value
    {
        let rows = try await query(sql)
        guard let row = rows.first else { throw PostgresError(.decoding, "no row") }
        var columns = row.columns
        return try columns.next()
    }

    /// What the statement fails with; nil when it does not.
    func failure(_ sql: SQL) async -> PostgresError? {
        do {
            _ = try await query(sql)
            return nil
        } catch { return error }
    }
}

/// The error of a driver's call; nil when it succeeds or throws something else.
func failure<Value>(of body: () async throws -> Value) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch { return error as? PostgresError }
}

/// Tries until it holds, for a minute: the machine may be busy with much else.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}

/// Something a test's body throws to end a transaction.
struct Enough: Error {}

/// Counts across tasks.
final class Tally: Sendable {
    let count = Mutex(0)
}
