import Foundation
import Kernel
import Logging
@_spi(Statements) import Postgres
import ProviderHost
import ProviderKit
import Reactor
import Redis
import Web

/// A market in a database of its own, made for one bench and dropped after it.
struct BenchMarket: Sendable {
    let settings: Settings
    let url: String
    let name: String
    let reactor: Reactor
    let database: Database
    let redis: RedisClient
    let marketplace: Marketplace
    private let client: HostClient
    /// Hears of changes to providers, as every app does.
    private let hearing: Task<Void, Never>

    /// Runs `body` with a fresh market.
    static func with<Value: Sendable>(
        _ body: (BenchMarket) async throws -> Value
    ) async throws -> Value {
        let settings = try Settings.read()
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
        // Named after the operator's own, so that two markets on one server do not meet.
        let name = Self.name(besides: settings.servers.databaseURL)
        let server = Database(
            DatabaseSettings(url: settings.servers.databaseURL), reactor: Reactor(),
            logger: Logger(label: "bench"))
        try await server.execute(SQL(trusted: "drop database if exists \(name) with (force)"))
        try await server.execute(
            SQL(trusted: "create database \(name) template template0 encoding 'UTF8'"))
        let outcome: Result<Value, any Error>
        do {
            let market = try await BenchMarket(settings, name: name)
            do { outcome = .success(try await body(market)) } catch { outcome = .failure(error) }
            await market.close()
        } catch { outcome = .failure(error) }
        try await server.execute(SQL(trusted: "drop database if exists \(name) with (force)"))
        await server.close()
        return try outcome.get()
    }

    private init(_ settings: Settings, name: String) async throws {
        self.settings = settings
        self.name = name
        url = try Self.url(settings.servers.databaseURL, database: name)
        let logger = Logger(label: "bench")
        reactor = Reactor()
        var servers = DatabaseSettings(url: url)
        servers.sharedConnections = settings.servers.sharedConnections
        servers.transactionConnections = settings.servers.transactionConnections
        servers.applicationName = "guildhall bench"
        servers.statementDeadline = .seconds(120)
        database = Database(servers, reactor: reactor, logger: logger)
        redis = RedisClient(
            RedisSettings(url: settings.servers.redisURL), reactor: reactor, logger: logger)
        client = HostClient(privateHosts: [])
        let gateway = ProviderGateway(
            database: database,
            catalog: ModuleCatalog(folder: nil, builtIn: BenchProviders.modules),
            client: client, key: try ProviderKey([UInt8](repeating: 7, count: 32)),
            logger: logger)
        marketplace = Marketplace(
            database: database, providers: gateway, settings: settings.kernel, logger: logger)
        try await Migrator(database, logger: logger).run()
        hearing = Task { await gateway.run() }
    }

    private func close() async {
        hearing.cancel()
        await database.close()
        await redis.close()
        do { try await client.shutDown() } catch {
            marketplace.logger.warning("http-client.not-closed", metadata: ["error": "\(error)"])
        }
        reactor.shutdown()
    }

    /// Tells PostgreSQL what is in the tables now, and lets it write back what was loaded, so that
    /// neither happens in the middle of a measurement.
    func settle() async throws {
        try await database.execute("vacuum analyze")
        try await database.execute("checkpoint")
    }

    private static func name(besides url: String) -> String {
        let own = URLComponents(string: url)?.path.drop { $0 == "/" } ?? ""
        let letters = own.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return String((letters.isEmpty ? "guildhall" : letters).prefix(40)) + "_bench"
    }

    /// The connection string with another database in it.
    private static func url(_ url: String, database: String) throws -> String {
        guard var parts = URLComponents(string: url), parts.scheme?.hasPrefix("postgres") == true
        else { throw OperatorProblem("DATABASE_URL must be a postgresql:// URL for a bench.") }
        parts.path = "/" + database
        return parts.string ?? url
    }
}
