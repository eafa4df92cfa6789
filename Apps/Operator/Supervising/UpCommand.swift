import ArgumentParser
import Foundation
import Glibc
import ProviderHost
import ProviderKit
import UnixSignals

/// `guildhall up`: the whole marketplace on one machine, until Ctrl-C.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Checks, migrates, fills an empty market in demo mode, and runs everything.",
        discussion: """
            The three apps, each as often as GUILDHALL_APP_PROCESSES says, the worker, the \
            provider host unless GUILDHALL_PROVIDER_SOCKET is none and, in demo mode, the sandbox \
            bank run as processes of their own; one that dies is started again, and meanwhile \
            the others answer. Ctrl-C stops them all.
            """)

    @Flag(help: "Show every log line here, not only warnings; all are in the log files anyway.")
    var verbose = false

    func run() async throws {
        // What reads its words may be gone before it is: they are lost then, and nothing else.
        signal(SIGPIPE, SIG_IGN)
        // The key stands in its environment, or is read to make the others' from it.
        try ProcessMemory.close()
        let settings = try Settings.read()
        let (early, later) = await Self.signals()
        guard try await isPrepared(settings, unless: early) else {
            return say("Stopped before it was open. Started again, it goes on from there.")
        }
        let relay = try LogRelay(
            folder: settings.folders.logs, console: verbose ? .everything : .important)
        let supervisor = Supervisor(
            relay: relay, deadline: .seconds(settings.running.shutdownSeconds), tell: say)
        let children = try Children(settings: settings)
        let (replacements, replacement) = AsyncStream.makeStream(of: ChildSpec.self)

        await withTaskGroup(of: Void.self) { group in
            for spec in children.specs {
                group.addTask { await supervisor.keepAlive(spec) }
            }
            if let host = children.host, let socket = settings.supervisedHostSocket {
                group.addTask {
                    await HostWatch(socket: socket, supervisor: supervisor, name: host.name).run()
                }
            }
            group.addTask { await Greeting(settings: settings, relay: relay).sayWhenReady() }
            group.addTask {
                await withDiscardingTaskGroup { group in
                    for await spec in replacements {
                        group.addTask { await supervisor.replace(spec) }
                    }
                }
            }
            await waitAndStop(later, supervisor, children) {
                if let host = children.host { replacement.yield(host) }
            }
            replacement.finish()
            group.cancelAll()
        }
        say("Stopped. Nothing of it is left running.")
    }

    /// What this process is told from outside, twice: a stream ends for whoever stops reading it.
    private static func signals() async -> (AsyncStream<UnixSignal>, AsyncStream<UnixSignal>) {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigusr1)
        let (early, hearsEarly) = AsyncStream.makeStream(of: UnixSignal.self)
        let (later, hearsLater) = AsyncStream.makeStream(of: UnixSignal.self)
        Task {
            for await signal in signals {
                hearsEarly.yield(signal)
                hearsLater.yield(signal)
            }
        }
        return (early, later)
    }

    /// Looks at everything, migrates and fills an empty market; told to stop meanwhile, it leaves
    /// nothing running that it has started for that.
    /// - Returns: whether it came to its end.
    private func isPrepared(
        _ settings: Settings, unless signals: AsyncStream<UnixSignal>
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await Preparation(settings: settings).prepare()
                return true
            }
            group.addTask {
                for await signal in signals where signal != .sigusr1 { break }
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    /// Waits for the first signal to stop, stops the children in order, and at once at a second
    /// one. The signal to put the provider host anew may come at any time.
    private func waitAndStop(
        _ signals: AsyncStream<UnixSignal>, _ supervisor: Supervisor, _ children: Children,
        replacing: @escaping @Sendable () -> Void
    ) async {
        let force = Task {
            var seen = 0
            for await signal in signals {
                if signal == .sigusr1 {
                    replacing()
                    continue
                }
                seen += 1
                if seen == 2 { await supervisor.stopNow() }
                if seen == 1 {
                    say("Stopping: what is under way is finished first (Ctrl-C again: at once).")
                    Task { await supervisor.stop(children.stopOrder) }
                }
            }
        }
        while !(await supervisor.hasStopped) {
            do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
        }
        force.cancel()
    }
}

/// What runs, and in which order it is stopped: first the market, then the provider host that it
/// calls, then the bank that the host calls.
struct Children: Sendable {
    /// The file of a key that opens nothing.
    private static let nothing = "/dev/null"

    let specs: [ChildSpec]
    let stopOrder: [[String]]
    /// Nil when every process runs the modules itself.
    let host: ChildSpec?

    init(settings: Settings) throws {
        var environment = ProcessInfo.processInfo.environment
        environment[Lifeline.variable] = String(settings.running.shutdownSeconds)
        if let socket = settings.supervisedHostSocket {
            environment["GUILDHALL_PROVIDER_SOCKET"] = socket
            var own = environment
            own[Lifeline.replacing] = "yes"
            // A module that traps ends the host at once: a process that writes its own backtrace
            // for half a minute still holds the calls of everybody else.
            own["SWIFT_BACKTRACE"] = "enable=no"
            host = ChildSpec(
                name: "provider-host", arguments: ["provide"], environment: own,
                restart: .provider)
            // The host alone opens providers' secrets: the others get a key for their forms only.
            environment["GUILDHALL_SECRET_KEY"] = nil
            environment["GUILDHALL_KEY_FILE"] = Self.nothing
            environment["GUILDHALL_WEB_KEY"] = hexadecimal(try SecretKey.web(settings.key))
        } else {
            host = nil
        }
        let given = environment
        func spec(_ name: String, _ arguments: [String]) -> ChildSpec {
            ChildSpec(name: name, arguments: arguments, environment: given)
        }
        let apps = (1...settings.running.appProcesses).flatMap { number in
            AppName.allCases.map { app in
                spec(
                    app.processName(number), ["serve", app.rawValue, "--number", String(number)])
            }
        }
        let market = apps + [spec("worker", ["work"])]
        let bank =
            settings.running.isDemo
            ? [spec("bank", ["sandbox-bank", "--port", String(settings.network.bankPort)])] : []
        let hosts = host.map { [$0] } ?? []
        specs = bank + hosts + market
        stopOrder = [market.map(\.name), hosts.map(\.name), bank.map(\.name)]
    }
}
