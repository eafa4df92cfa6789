import ArgumentParser
import Foundation
import Glibc
import UnixSignals

/// `guildhall up`: the whole marketplace on one machine, until Ctrl-C.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Checks, migrates, fills an empty market in demo mode, and runs everything.",
        discussion: """
            The three apps, each as often as GUILDHALL_APP_PROCESSES says, the worker and, in \
            demo mode, the sandbox bank run as processes of their own; one that dies is started \
            again, and meanwhile the others answer. Ctrl-C stops them all.
            """)

    @Flag(help: "Show every log line here, not only warnings; all are in the log files anyway.")
    var verbose = false

    func run() async throws {
        let settings = try Settings.read()
        try await Preparation(settings: settings).prepare()
        let relay = try LogRelay(
            folder: settings.folders.logs, console: verbose ? .everything : .important)
        let supervisor = Supervisor(
            relay: relay, deadline: .seconds(settings.running.shutdownSeconds), tell: say)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let children = Children(settings: settings)

        await withTaskGroup(of: Void.self) { group in
            for spec in children.specs {
                group.addTask { await supervisor.keepAlive(spec) }
            }
            group.addTask { await Greeting(settings: settings, relay: relay).sayWhenReady() }
            await waitAndStop(signals, supervisor, children)
            group.cancelAll()
        }
        say("Stopped. Nothing of it is left running.")
    }

    /// Waits for the first signal, stops the children in order, and at once at a second signal.
    private func waitAndStop(
        _ signals: UnixSignalsSequence, _ supervisor: Supervisor, _ children: Children
    ) async {
        let force = Task {
            var seen = 0
            for await _ in signals {
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

/// What runs, and in which order it is stopped: first what talks to the bank, then the bank.
struct Children: Sendable {
    let specs: [ChildSpec]
    let stopOrder: [[String]]

    init(settings: Settings) {
        var environment = ProcessInfo.processInfo.environment
        environment[Lifeline.variable] = String(settings.running.shutdownSeconds)
        func spec(_ name: String, _ arguments: [String]) -> ChildSpec {
            ChildSpec(name: name, arguments: arguments, environment: environment)
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
        specs = bank + market
        stopOrder = [market.map(\.name), bank.map(\.name)]
    }
}
