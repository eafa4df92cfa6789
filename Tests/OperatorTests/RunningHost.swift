import Foundation
import Glibc
import Kernel
import Logging
import Postgres
import ProviderHost
import ProviderKit
import Synchronization
import TestSupport
import Vocabulary

/// `guildhall provide` as a process of its own, started again whenever it ends, as `guildhall up`
/// does it; and a market of this process whose providers are there.
final class RunningHost: Sendable {
    private struct State {
        var isStopping = false
        var pids: [Int32] = []
        var exits: [(pid: Int32, code: Int32)] = []
    }

    let market: Marketplace
    /// Rows to begin with, in the market's database.
    let given: Given
    let database: Database
    let connection: HostConnection
    private let environment: [String: String]
    private let home: String
    let modulesFolder: String
    private var logFile: String { home + "/host.log" }
    private let state = Mutex(State())

    /// - Parameter modules: files of a modules folder of its own, each with what it is a copy of;
    ///   without them, all that were built.
    static func with(
        modules: [String: String]? = nil,
        _ body: @escaping @Sendable (RunningHost) async throws -> Void
    ) async throws {
        try await TestMarketplace.run { market in
            let host = try RunningHost(market, modules)
            do {
                try host.start()
                // The machine may be busy, and the host takes its time to load what was built.
                _ = try await host.status()
                try await body(host)
            } catch {
                await host.stop()
                throw error
            }
            await host.stop()
        }
    }

    private init(_ test: TestMarketplace, _ modules: [String: String]?) throws {
        home = "/tmp/guildhall-\(test.storage.name)"
        modulesFolder = modules == nil ? Guildhall.productsFolder : home + "/modules"
        let files = FileManager.default
        try files.createDirectory(
            atPath: home + "/modules", withIntermediateDirectories: true)
        for (name, original) in modules ?? [:] {
            try files.copyItem(atPath: original, toPath: home + "/modules/" + name)
        }
        let socket = home + "/host/socket"
        environment = try [
            "DATABASE_URL": TestServers.url(ofDatabase: test.storage.name),
            "REDIS_URL": TestServers.redisURL, "GUILDHALL_HOME": home,
            "GUILDHALL_MODULES": modulesFolder, "GUILDHALL_PRIVATE_HOSTS": "127.0.0.1",
            "GUILDHALL_SECRET_KEY": String(repeating: "07", count: 32),
            "GUILDHALL_PROVIDER_SOCKET": socket, "GUILDHALL_LOG_LEVEL": "error",
            "GUILDHALL_SHUTDOWN_SECONDS": "5", "SWIFT_BACKTRACE": "enable=no",
            "PATH": "/usr/bin:/bin",
        ]
        let logger = TestServers.logger
        // The machine may be doing much else.
        connection = HostConnection(
            path: socket, name: "tests", patience: .seconds(180), logger: logger)
        market = Marketplace(
            database: test.database,
            providers: ProviderGateway(
                database: test.database, host: connection, logger: logger),
            settings: test.marketplace.settings, logger: logger)
        given = test.given
        database = test.database
    }

    /// Does what is due, as a worker of that market does.
    func work() async throws {
        let worker = Worker(
            database, handlers: market.jobHandlers(), settings: WorkerSettings(),
            logger: TestServers.logger)
        try await worker.drain()
    }

    /// Starts one host more. It is started again when it ends badly.
    func start() throws {
        let process = Process()
        process.executableURL = URL(filePath: Guildhall.productsFolder + "/guildhall")
        process.arguments = ["provide"]
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let log = open(logFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        process.standardError = FileHandle(fileDescriptor: log, closeOnDealloc: true)
        process.terminationHandler = { [weak self] process in
            guard let self else { return }
            let (pid, code) = (process.processIdentifier, process.terminationStatus)
            let goesOn = state.withLock { state in
                state.exits.append((pid, code))
                return !state.isStopping && code != 0
            }
            if goesOn { try? start() }
        }
        try process.run()
        let pid = process.processIdentifier
        state.withLock { $0.pids.append(pid) }
    }

    func status() async throws -> HostStatus {
        try await connection.status(within: .seconds(180))
    }

    /// What all of them have said.
    func log() throws -> String { try String(contentsOfFile: logFile, encoding: .utf8) }

    /// How the hosts ended that have ended: the code of an exit, or the number of a signal.
    var exits: [(pid: Int32, code: Int32)] { state.withLock { $0.exits } }

    func stop() async {
        connection.close()
        state.withLock { $0.isStopping = true }
        while true {
            let left = state.withLock { state in
                state.pids.filter { pid in !state.exits.contains { $0.pid == pid } }
            }
            if left.isEmpty {
                try? FileManager.default.removeItem(atPath: home)
                return
            }
            for pid in left { Glibc.kill(pid, SIGKILL) }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
        }
    }

    /// Another command in the host's environment.
    func guildhall(_ arguments: String...) async throws -> Guildhall.Outcome {
        try await Guildhall.run(all: arguments, environment: environment)
    }

    /// A shipping provider, made through the host.
    func shipping(_ module: String) async throws -> ID<ProviderInstance> {
        try await market.createProviderInstance(
            module: module, name: module, settings: [:], as: nil
        ).id
    }

    /// What an ordinary parcel costs, or one of so many grams.
    func quotes(
        _ id: ID<ProviderInstance>, grams: Int = 1000, within limit: Duration = .seconds(180)
    ) async throws -> [ShippingQuote] {
        let address = Address(
            name: "Ada", lines: ["Gasse 1"], city: "Berlin", postalCode: "10115", country: "DE")
        let request = ShippingRequest(
            sellerID: "s", origin: address, destination: address,
            parcel: Parcel(weightGrams: grams, value: Money(4250, .eur), itemCount: 1),
            currency: .eur)
        return try await market.providers.shipping(id)
            .quotes(for: request, OperationContext(key: "q", within: limit))
    }
}
