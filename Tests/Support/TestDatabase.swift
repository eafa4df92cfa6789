import Glibc
import Kernel
@_spi(Statements) import Postgres
import Synchronization

/// A database of one test, cloned from a template that was migrated once for all processes.
public final class TestDatabase: Sendable {
    /// As the programs see it.
    public let database: Database
    /// As the schema's owner sees it, an administrator of the server: to migrate, and to do by
    /// hand what nobody else may.
    public let owner: Database
    public let name: String

    private init(name: String) throws {
        database = try Self.connect(to: name)
        owner = try Self.connect(to: name, role: nil)
        self.name = name
    }

    /// A fresh database with the whole schema and no rows but those of the migrations.
    public static func make() async throws -> TestDatabase {
        await Turns.shared.take()
        do { return try await clone() } catch {
            await Turns.shared.giveBack()
            throw error
        }
    }

    private static func clone() async throws -> TestDatabase {
        let template = try await Template.shared.name()
        let number = counter.add(1, ordering: .relaxed).newValue
        let name = "guildhall_test_\(getpid())_\(number)_\(UInt16.random(in: 0...UInt16.max))"
        try await Template.shared.run("create database \(name) template \(template)")
        return try TestDatabase(name: name)
    }

    /// Closes and drops it.
    public func drop() async throws {
        await database.close()
        await owner.close()
        do { try await Template.shared.run("drop database if exists \(name) with (force)") } catch {
            await Turns.shared.giveBack()
            throw error
        }
        await Turns.shared.giveBack()
    }

    /// Another process' view of the same database: a pool of its own, to be closed by the caller.
    public func connectAgain(
        transactions: Int = 2, role: String? = Migrator.applicationRole
    ) throws -> Database {
        try Self.connect(to: name, role: role, transactions: transactions)
    }

    /// The same for a login of one's own.
    public func connectAgain(as login: String, password: String) throws -> Database {
        Self.connect(
            url: try TestServers.url(ofDatabase: name, login: "\(login):\(password)"),
            role: Migrator.applicationRole)
    }

    /// Does by hand what every trigger would refuse, as an administrator of the server can: for
    /// tests of what finds it out.
    public func tamper(_ statements: [SQL]) async throws {
        try await owner.transaction { tx in
            try await tx.execute("set local session_replication_role = replica")
            for statement in statements { try await tx.execute(statement) }
        }
    }

    private static let counter = Atomic(0)

    static func connect(
        to name: String, role: String? = Migrator.applicationRole, transactions: Int = 2
    ) throws -> Database {
        connect(
            url: try TestServers.url(ofDatabase: name), role: role, transactions: transactions)
    }

    private static func connect(
        url: String, role: String?, transactions: Int = 2
    ) -> Database {
        var settings = DatabaseSettings(url: url)
        settings.role = role
        settings.sharedConnections = 2
        settings.transactionConnections = transactions
        // Parallel tests share two cores: what waits here is the machine, not a fault.
        settings.waitDeadline = .seconds(20)
        settings.statementDeadline = .seconds(30)
        settings.lockDeadline = .seconds(20)
        settings.applicationName = "guildhall-test"
        return Database(settings, reactor: TestServers.reactor, logger: TestServers.logger)
    }
}

/// The migrated database that tests are cloned from. Its name carries a hash of the migrations,
/// so a changed migration makes a new one, and a finished one is never touched again.
private actor Template {
    static let shared = Template()

    nonisolated let administration: Database = {
        do {
            var settings = DatabaseSettings(url: try TestServers.databaseURL)
            settings.sharedConnections = 2
            settings.transactionConnections = 1
            settings.statementDeadline = .seconds(120)
            settings.waitDeadline = .seconds(60)
            // A full cache makes room in the same pipeline, in which no database can be dropped.
            settings.statementCacheSize = 100_000
            return Database(
                settings, reactor: TestServers.reactor, logger: TestServers.logger)
        } catch {
            // Every test needs it, and this says what to do.
            preconditionFailure("\(error)")
        }
    }()
    private var making: Task<String, any Error>?

    func name() async throws -> String {
        if let making { return try await making.value }
        let task = Task { try await make() }
        making = task
        return try await task.value
    }

    private func make() async throws -> String {
        let migrations = try Migration.shipped()
        let name = "guildhall_template_" + Self.hash(of: migrations)
        // The lock is the guard against another test process that makes the same template.
        while true {
            let isMade = try await administration.transaction { tx in
                let rows = try await tx.query("select pg_try_advisory_xact_lock(5017, 1)")
                guard try rows.decode({ c in try c.next(Bool.self) }).first == true else {
                    return false
                }
                if try await exists(name) { return true }
                try await build(name, migrations)
                return true
            }
            if isMade { return name }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func exists(_ name: String) async throws -> Bool {
        try await !administration.query("select from pg_database where datname = \(name)").isEmpty
    }

    private func build(_ name: String, _ migrations: [Migration]) async throws {
        let draft = name + "_draft"
        try await run("drop database if exists \(draft) with (force)")
        try await run("create database \(draft) template template0 encoding 'UTF8'")
        let database = try TestDatabase.connect(to: draft, role: nil)
        try await Migrator(database, logger: TestServers.logger, migrations: migrations).run()
        await database.close()
        try await run("alter database \(draft) rename to \(name)")
    }

    nonisolated func run(_ text: String) async throws {
        try await administration.execute(SQL(trusted: text))
    }

    /// FNV-1a: it tells texts apart, and nobody attacks it here.
    private static func hash(of migrations: [Migration]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for migration in migrations {
            for byte in (migration.name + "\n" + migration.text).utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        return String(hash, radix: 16)
    }
}
