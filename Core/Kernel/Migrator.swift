import Logging
import Postgres
import Vocabulary

/// A migration that ran: when, and the SHA-256 of what ran.
public struct MigrationRecord: Sendable {
    public let name: String
    public let checksum: String
    public let at: Instant
}

/// Whether a migration of this build has run.
public struct MigrationStatus: Sendable {
    public let name: String
    /// Nil when it is still to run.
    public let ranAt: Instant?
}

/// Brings a database's schema up to this build's: each migration once, in order, in a transaction
/// of its own, by one process at a time.
public struct Migrator: Sendable {
    /// The role of the database as which everything but a migration acts: it writes the books
    /// through their functions only.
    public static let applicationRole = "guildhall_app"

    /// A migration that waits for a lock holds up everybody behind it, so it waits briefly and
    /// often instead of long and once.
    private static let lockTimeoutMilliseconds = 100
    private static let lockTriesMax = 50
    /// A migration may rewrite a large table.
    private static let statementDeadline: Duration = .seconds(3600)
    /// How long to wait for another process that migrates.
    private static let turnWaitSeconds = 120

    private let database: Database
    private let migrations: [Migration]
    private let logger: Logger

    /// - Parameter migrations: nil for those that this build ships.
    public init(_ database: Database, logger: Logger, migrations: [Migration]? = nil) throws {
        self.database = database
        self.logger = logger
        self.migrations = try migrations ?? Migration.shipped()
    }

    /// Runs what has not run yet and returns its names.
    /// - Throws: ``MigrationError`` with a sentence that says what to do.
    @discardableResult
    public func run() async throws -> [String] {
        try await inTurn { tx in try await MigrationStore(db: tx).createTable() }
        var ran: [String] = []
        while let name = try await runNext() {
            logger.info("schema.migrated", metadata: ["migration": "\(name)"])
            ran.append(name)
        }
        return ran
    }

    /// What has run and what has not, in order.
    public func status() async throws -> [MigrationStatus] {
        let store = MigrationStore(db: database)
        let done = try await store.tableExists() ? try await store.list() : []
        _ = try next(after: done, try await store.checksums(of: migrations))
        let times = Dictionary(done.map { ($0.name, $0.at) }) { first, _ in first }
        return migrations.map { MigrationStatus(name: $0.name, ranAt: times[$0.name]) }
    }

    private func runNext() async throws -> String? {
        var tries = 0
        while true {
            do {
                return try await inTurn { tx in
                    let store = MigrationStore(db: tx)
                    let checksums = try await store.checksums(of: migrations)
                    guard let migration = try next(after: try await store.list(), checksums)
                    else { return nil }
                    try await apply(migration, store)
                    return migration.name
                }
            } catch let MigrationError.busy(name) {
                tries += 1
                guard tries < Self.lockTriesMax else { throw MigrationError.busy(name) }
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...400)))
            }
        }
    }

    private func apply(_ migration: Migration, _ store: MigrationStore) async throws {
        do {
            try await store.run(
                migration.text, lockTimeoutMilliseconds: Self.lockTimeoutMilliseconds)
        } catch let error as PostgresError where error.sqlState == "55P03" {
            throw MigrationError.busy(migration.name)
        }
        try await store.insert(migration)
    }

    /// The first migration that has not run; nil when all have.
    private func next(
        after done: [MigrationRecord], _ checksums: [String: String]
    ) throws(MigrationError) -> Migration? {
        let known = Set(migrations.map(\.name))
        if let stranger = done.first(where: { !known.contains($0.name) }) {
            throw .unknown(stranger.name)
        }
        let ran = Dictionary(done.map { ($0.name, $0.checksum) }) { first, _ in first }
        var pending: Migration?
        for migration in migrations {
            guard let checksum = ran[migration.name] else {
                if pending == nil { pending = migration }
                continue
            }
            if let pending { throw .missingBefore(pending.name, ran: migration.name) }
            guard checksum == checksums[migration.name] else { throw .changed(migration.name) }
        }
        return pending
    }

    /// Runs `body` in a transaction that holds the migration lock.
    private func inTurn<Value: Sendable>(
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        for _ in 0..<Self.turnWaitSeconds * 5 {
            let value: Value? = try await database.transaction(
                statementDeadline: Self.statementDeadline
            ) { tx in
                guard try await MigrationStore(db: tx).tryLock() else { return nil }
                return try await body(tx)
            }
            if let value { return value }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw MigrationError.locked("\(Self.turnWaitSeconds)")
    }
}
