import Foundation
import Kernel
import Logging
import Postgres
import ProviderHost
import ProviderKit
import Reactor
import Redis
import Web

/// Opens what a process needs, once, and closes it at its end.
struct Wiring: Sendable {
    let settings: Settings
    let reactor: Reactor
    let database: Database
    let redis: RedisClient
    let client: HostClient
    let marketplace: Marketplace
    let logger: Logger
    private let webKey: [UInt8]
    /// Nil when modules run in this process.
    let host: HostConnection?

    /// - Parameters:
    ///   - process: what the process is called in logs and in pg_stat_activity.
    ///   - asOwner: whether it changes the schema. Everything else acts as a role that cannot.
    ///   - isHost: whether it is the provider host itself.
    /// - Throws: ``OperatorProblem`` when the secret key is missing or damaged.
    init(_ settings: Settings, process: String, asOwner: Bool = false, isHost: Bool = false) throws
    {
        self.settings = settings
        logger = Logger(label: process)
        webKey = try SecretKey.web(settings.key)
        reactor = Reactor()
        var servers = DatabaseSettings(
            url: asOwner ? settings.servers.databaseOwnerURL : settings.servers.databaseURL)
        servers.role = asOwner ? nil : Migrator.applicationRole
        servers.sharedConnections = settings.servers.sharedConnections
        servers.transactionConnections = settings.servers.transactionConnections
        servers.applicationName = "guildhall " + process
        database = Database(servers, reactor: reactor, logger: logger)
        redis = RedisClient(
            RedisSettings(url: settings.servers.redisURL), reactor: reactor, logger: logger)
        client = HostClient(privateHosts: settings.network.privateHosts)
        let gateway: ProviderGateway
        if let socket = settings.hostSocket, !isHost {
            let connection = HostConnection(path: socket, name: process, logger: logger)
            gateway = ProviderGateway(database: database, host: connection, logger: logger)
            host = connection
        } else {
            // This process opens providers' secrets.
            try ProcessMemory.close()
            gateway = ProviderGateway(
                database: database,
                catalog: ModuleCatalog(
                    folder: settings.folders.modules,
                    notes: isHost ? settings.folders.home + "/provider-host.loading" : nil,
                    programMemory: settings.running.moduleMegabytes << 20),
                client: client,
                key: try ProviderKey(reading: { [key = settings.key] in try SecretKey.read(key) }),
                logger: logger)
            host = nil
        }
        marketplace = Marketplace(
            database: database, providers: gateway, settings: settings.kernel, logger: logger)
    }

    /// What `app` is served with.
    func webSettings(of app: String, publicURL: String) -> WebSettings {
        // Another key for each purpose, so that a form token never opens a provider's secret.
        var web = WebSettings(secret: hmacSHA256(Array("web forms of \(app)".utf8), key: webKey))
        web.publicURL = publicURL
        web.secureCookies = publicURL.hasPrefix("https://")
        web.proxies = settings.web.trustedProxies
        web.connectionsMax = settings.web.connectionsMax
        web.requestDeadline = .seconds(settings.web.requestSeconds)
        web.idleTimeout = .seconds(settings.web.idleSeconds)
        web.limits.read.count = settings.web.reads
        web.limits.write.count = settings.web.writes
        web.limits.accountWrite.count = settings.web.accountWrites
        web.limits.signIn.count = settings.web.signIns
        web.limits.password.count = settings.web.passwords
        web.limits.register.count = settings.web.registrations
        return web
    }

    /// What has to answer for this process to be ready.
    var checks: [HealthServer.Check] {
        [
            HealthServer.Check(name: "PostgreSQL") { [database] in
                try await database.ping()
            },
            HealthServer.Check(name: "Redis") { [redis] in
                _ = try await redis.send("PING", [])
            },
        ]
    }

    /// What watches over the books: differences and unmatched lines must be 0, the age small.
    var bookReadings: [HealthServer.Reading] {
        [
            HealthServer.Reading(name: "guildhall_ledger_differences") { [marketplace] in
                try await marketplace.lastVerification().map { Int64($0.differences) }
            },
            HealthServer.Reading(name: "guildhall_ledger_verified_seconds_ago") { [marketplace] in
                try await marketplace.lastVerificationAge()
            },
            HealthServer.Reading(name: "guildhall_reconciliation_unmatched") { [marketplace] in
                try await marketplace.unmatchedLines()
            },
        ]
    }

    /// How long closing may take. A process ends then, whatever a connection is waiting for.
    static let closeDeadline = Duration.seconds(5)

    /// Finishes what is under way and closes every connection.
    func close() async {
        let (endings, ending) = AsyncStream.makeStream(of: Void.self)
        Task {
            await closeAll()
            ending.yield()
        }
        Task {
            _ = try? await Task.sleep(for: Self.closeDeadline)
            ending.yield()
        }
        for await _ in endings { return }
    }

    private func closeAll() async {
        host?.close()
        await database.close()
        await redis.close()
        do { try await client.shutDown() } catch {
            logger.warning("http-client.not-closed", metadata: ["error": "\(error)"])
        }
        reactor.shutdown()
    }
}

extension Settings {
    /// What of it the kernel needs to know.
    var kernel: KernelSettings {
        var kernel = KernelSettings(
            mediaFolder: folders.media, toolFolder: folders.toolRuns)
        kernel.isDemo = running.isDemo
        kernel.storefrontURL = network.storefrontURL
        kernel.sellerURL = network.sellerURL
        kernel.impersonationLifetime = .seconds(60 * running.impersonationMinutes)
        kernel.passwordThreads = running.passwordThreads
        kernel.sellerPictureBytesMax = running.sellerPictureMegabytes << 20
        kernel.printTool = running.printTool
        kernel.photoTool = running.photoTool
        kernel.callDeadline = .seconds(running.providerSeconds)
        kernel.accountKeys = { [key] in try SecretKey.accounts(key) }
        kernel.mail.host = mail.host
        kernel.mail.port = mail.port
        kernel.mail.encryption =
            switch mail.encryption {
            case .none: .none
            case .starttls: .starttls
            case .tls: .tls
            }
        kernel.mail.user = mail.user
        kernel.mail.passwordFile = mail.passwordFile
        kernel.mail.from = mail.from
        kernel.mail.tool = mail.tool
        if let orders = running.drillOrders {
            kernel.reached = { orders.reached($0.description) }
        }
        return kernel
    }
}
