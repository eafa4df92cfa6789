import Foundation
import Glibc
import Kernel
import Logging
import Postgres
import UnixSignals

/// A whole market of real processes that a drill may kill: PostgreSQL, Redis, the sandbox bank,
/// the apps, the worker and, unless GUILDHALL_PROVIDER_SOCKET is none, the provider host. Each is
/// started again as soon as it has ended.
actor DrillMarket {
    /// What may be killed at any moment, in a market that has all of it.
    static let victims = ["storefront", "seller", "admin", "worker", bank, "postgres", host]
    static let bank = "bank"
    /// The process of the modules.
    static let host = "provider-host"

    nonisolated let home: String
    nonisolated let orders: DrillOrders
    nonisolated let settings: Settings
    private nonisolated let environment: [String: String]
    private nonisolated let relay: LogRelay
    private nonisolated let ports: Ports
    private nonisolated let stripe: String?
    private var running: [String: ChildProcess] = [:]
    private var deaths: [String] = []
    private var isStopping = false
    /// Those that end by themselves, because another of their name took their work over.
    private var leaving: Set<pid_t> = []
    private var keepers: [Task<Void, Never>] = []

    /// Twelve ports in a row that nobody uses.
    struct Ports: Sendable {
        let first: Int
        var postgres: Int { first }
        var redis: Int { first + 1 }
        var bank: Int { first + 2 }
        var storefront: Int { first + 3 }
        var seller: Int { first + 4 }
        var admin: Int { first + 5 }
        /// And the three after it.
        var health: Int { first + 6 }
        var secondBank: Int { first + 10 }

        static func free() throws(OperatorProblem) -> Ports {
            var first = 20_000 + Int(getpid()) % 1000 * 12
            while first < 32_000 {
                let all = first..<(first + 12)
                if all.allSatisfy({ PortCheck.problem(host: "127.0.0.1", port: $0) == nil }) {
                    return Ports(first: first)
                }
                first += 12
            }
            throw OperatorProblem(
                "There are no twelve free ports in a row between 20000 and 32000.")
        }
    }

    /// - Parameters:
    ///   - seconds: how long a provider may take; recovery goes by it.
    ///   - stripe: the program that speaks Stripe's API, where that takes the bank's place.
    init(seconds: Int, stripe: String? = nil) throws {
        self.stripe = stripe
        let found = try Settings.readForDrill()
        let hasHost = found.environment["GUILDHALL_PROVIDER_SOCKET"] != "none"
        guard let demo = found.demoFolder else {
            throw OperatorProblem(
                "A drill needs a demo market: set GUILDHALL_DEMO to Config/demo.")
        }
        let root = FileManager.default.temporaryDirectory.path
        home = "\(root)/guildhall-drill-\(getpid())"
        let ports = try Ports.free()
        self.ports = ports
        var values = found.environment
        let folder = home + "/orders"
        let own: [String: String] = [
            "DATABASE_URL": "postgresql://guildhall@127.0.0.1:\(ports.postgres)/guildhall",
            "REDIS_URL": "redis://127.0.0.1:\(ports.redis)/0", "GUILDHALL_HOME": home,
            "GUILDHALL_MODULES": found.modules, "GUILDHALL_DEMO": demo,
            "GUILDHALL_STOREFRONT_PORT": "\(ports.storefront)",
            "GUILDHALL_SELLER_PORT": "\(ports.seller)", "GUILDHALL_ADMIN_PORT": "\(ports.admin)",
            "GUILDHALL_BANK_PORT": "\(ports.bank)", "GUILDHALL_HEALTH_PORT": "\(ports.health)",
            "GUILDHALL_STOREFRONT_URL": "", "GUILDHALL_SELLER_URL": "", "GUILDHALL_ADMIN_URL": "",
            "GUILDHALL_SECRET_KEY": "", "GUILDHALL_KEY_FILE": home + "/secrets.key",
            "GUILDHALL_PROVIDER_SOCKET": hasHost ? home + "/host/socket" : "none",
            "GUILDHALL_MEDIA": home + "/media", "GUILDHALL_PROVIDER_SECONDS": "\(seconds)",
            // One customer stands for many.
            "GUILDHALL_LIMIT_ACCOUNT_WRITES": "0", "GUILDHALL_DRILL": folder,
            Lifeline.variable: "1",
        ]
        values.merge(own) { _, new in new }
        environment = values
        settings = try Settings.read(values)
        orders = DrillOrders(folder: folder)
        for path in [home, folder] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }
        // PostgreSQL's user has to get into its folder below.
        chmod(home, 0o711)
        relay = try LogRelay(folder: settings.folders.logs, console: .nothing)
    }

    /// Makes the servers and the market, and waits until it answers.
    func open() async throws {
        endOnSignal()
        let postgres = DrillPostgres(folder: home + "/postgres", port: ports.postgres)
        try await postgres.makeCluster(log: home + "/initdb.log")
        keep(try postgres.spec)
        keep(
            ChildSpec(
                name: "redis", program: "/usr/bin/redis-server",
                arguments: [
                    "--bind", "127.0.0.1", "--port", "\(ports.redis)", "--save", "",
                    "--appendonly", "no", "--dir", home,
                ], environment: environment))
        try await postgres.makeDatabase("guildhall", log: home + "/createdb.log")
        // What it delays comes when the drill says so.
        keep(guildhall(Self.bank, ["sandbox-bank", "--delay", "3600"]))
        _ = try SecretKey.makeIfMissing(settings.key)
        try SecretKey.makeAccountsIfMissing(settings.key)
        try await patiently("the sandbox bank to listen") { [ports] in
            LocalPort.answers(ports.bank) && LocalPort.answers(ports.redis)
        }
        try await Program.run(["migrate"], environment: environment)
        var alone = environment
        alone["GUILDHALL_PROVIDER_SOCKET"] = "none"
        try await Program.run(["seed"], environment: alone)
        var keyless = environment
        if settings.hostSocket != nil {
            keep(hostSpec)
            // The host alone gets the key to providers' secrets.
            keyless["GUILDHALL_WEB_KEY"] = String(repeating: "05", count: 32)
            keyless["GUILDHALL_KEY_FILE"] = "/dev/null"
        }
        for app in ["storefront", "seller", "admin"] {
            keep(ChildSpec(name: app, arguments: ["serve", app], environment: keyless))
        }
        keep(ChildSpec(name: "worker", arguments: ["work"], environment: keyless))
        try await patiently("the apps to listen") { [ports] in
            [ports.storefront, ports.seller, ports.admin].allSatisfy { LocalPort.answers($0) }
        }
    }

    /// What may be killed in this one.
    nonisolated var victims: [String] {
        Self.victims.filter { name in
            (settings.hostSocket != nil || name != Self.host)
                && (stripe == nil || name != Self.bank)
        }
    }

    /// Where customers pay; in Stripe's case it is started first.
    func openProvider() async throws -> DrillProvider {
        guard let stripe else { return .sandbox(url: settings.network.bankURL) }
        keep(
            ChildSpec(
                name: "stripe", program: "/usr/bin/env",
                arguments: ["python3", "-B", stripe, "\(ports.secondBank)", "--no-fees"],
                environment: environment))
        try await patiently("the fake Stripe to listen") { [ports] in
            LocalPort.answers(ports.secondBank)
        }
        return .stripe(url: secondBankURL)
    }

    private var hostSpec: ChildSpec { guildhall(Self.host, ["provide"]) }

    /// Starts another provider host beside the one that runs, as `guildhall provide restart` has
    /// it done; the old one answers what it began, and ends.
    /// - Returns: false where there is none.
    func replaceHost() -> Bool {
        guard let old = running[Self.host] else { return false }
        leaving.insert(old.pid)
        keep(hostSpec)
        return true
    }

    nonisolated var secondBankURL: String { "http://127.0.0.1:\(ports.secondBank)" }

    /// Another bank with books of its own, for a second provider.
    func openSecondBank() async throws {
        keep(
            guildhall(
                "bank-2",
                [
                    "sandbox-bank", "--port", "\(ports.secondBank)", "--journal",
                    home + "/bank-2.journal",
                ]))
        try await patiently("the second bank to listen") { [ports] in
            LocalPort.answers(ports.secondBank)
        }
    }

    /// Who has died since this was asked last, oldest first.
    func takeDeaths() -> [String] {
        defer { deaths = [] }
        return deaths
    }

    /// Kills one of ``victims`` now.
    func kill(_ name: String) {
        guard let child = running[name] else { return }
        DrillOrders.kill(child.pid)
    }

    func pid(of name: String) -> pid_t? { running[name]?.pid }

    /// Ends everything. The folder stays when `keepingFolder`, for whoever reads the logs.
    func close(keepingFolder: Bool) async {
        isStopping = true
        for (name, child) in running where name != "postgres" { child.send(SIGKILL) }
        if let postgres = running["postgres"] { DrillOrders.kill(postgres.pid) }
        for keeper in keepers { await keeper.value }
        if !keepingFolder { try? FileManager.default.removeItem(atPath: home) }
    }

    /// Ends everything and this process at Ctrl-C and SIGTERM: PostgreSQL and Redis would go on.
    private func endOnSignal() {
        Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                await close(keepingFolder: true)
                say("Stopped. The logs are in \(home)/logs.")
                exit(130)
            }
        }
    }

    private func guildhall(_ name: String, _ arguments: [String]) -> ChildSpec {
        ChildSpec(name: name, arguments: arguments, environment: environment)
    }

    private func keep(_ spec: ChildSpec) {
        keepers.append(Task { await keepAlive(spec) })
    }

    private func keepAlive(_ spec: ChildSpec) async {
        while !isStopping {
            do {
                let child = try ChildProcess.start(spec)
                running[spec.name] = child
                relay.follow(child.output, as: spec.name)
                _ = await ended(child)
                if leaving.remove(child.pid) != nil { return }
            } catch {
                say("\(spec.name) does not start: \(error)")
            }
            running[spec.name] = nil
            if isStopping { return }
            deaths.append(spec.name)
            // A server whose last child is still ending refuses its folder for a moment.
            _ = try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func ended(_ child: ChildProcess) async -> ChildExit {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: child.wait()) }
        }
    }

    private func patiently(
        _ what: String, _ isSo: @Sendable () -> Bool
    ) async throws {
        let limit = ContinuousClock.now + .seconds(60)
        while !isSo() {
            guard ContinuousClock.now < limit else {
                throw OperatorProblem("A minute was too short for \(what); see \(home)/logs.")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
