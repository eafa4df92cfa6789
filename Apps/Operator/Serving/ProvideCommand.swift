import ArgumentParser
import Glibc
import Kernel
import Logging
import ProviderHost
import ProviderKit
import ServiceLifecycle

/// `guildhall provide`
struct ProvideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provide",
        abstract: "Runs the provider modules for the market's other processes.",
        discussion: """
            It listens at GUILDHALL_PROVIDER_SOCKET, or in GUILDHALL_HOME, and alone opens \
            providers' secrets and reaches their networks. A second one takes the address over \
            from the first, which answers what it began and ends.
            """,
        subcommands: [Run.self, Status.self, Restart.self], defaultSubcommand: Run.self)

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Runs them until it is told to stop.")

        func run() async throws {
            var settings = try Settings.read()
            let socket = try hostSocket(of: settings)
            ThisProcess.begin(settings, "provider-host")
            // It reads a few rows when they change, and writes one: that it lives.
            settings.servers.sharedConnections = 1
            settings.servers.transactionConnections = 1
            let wiring = try Wiring(settings, process: "provider-host", isHost: true)
            let listener = HostListener(
                path: socket, providers: HostedMarket(wiring.marketplace.providers),
                replace: { () throws(ProviderError) in
                    guard Lifeline.askForReplacement() else {
                        throw .unsupported(operation: "start another guildhall provide instead")
                    }
                }, logger: wiring.logger)
            let grace = Duration.seconds(max(1, settings.running.shutdownSeconds - 1))
            try await wiring.run([HostService(listener: listener, grace: grace)])
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Says how the provider host is.")

        func run() async throws {
            let status = try await asking { connection throws(ProviderError) in
                try await connection.status()
            }
            say("process \(status.pid), since \(status.startedAt)")
            say(
                "  \(status.served) calls answered, \(status.failed) with an error, "
                    + "\(status.underWay) under way, \(status.connections) connections")
            if status.isMemoryClosed == true { say("  its memory is closed to everybody but root") }
            if let apart = status.areProgramsApart {
                say(
                    apart
                        ? "  modules' programs reach the network through it only"
                        : "  modules' programs could open sockets of their own: this machine "
                            + "permits no network namespaces")
            }
            say(
                "  modules in Swift are this process's own code: no wall keeps them from opening "
                    + "sockets of their own")
            say("  modules: \(status.modules.joined(separator: ", "))")
        }
    }

    struct Restart: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restart",
            abstract: "Puts a new provider host in the old one's place, without a failed call.",
            discussion: "New versions of module files are loaded by it.")

        func run() async throws {
            let (old, new) = try await asking { connection throws(ProviderError) in
                let old = try await connection.status()
                try await connection.replace()
                for _ in 0..<300 {
                    do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
                    let now = try await connection.status()
                    if now.pid != old.pid { return (old, now) }
                }
                throw .unavailable(
                    message: "no new provider host came in half a minute; see its log",
                    retryAfterSeconds: nil)
            }
            say("process \(new.pid) has taken over from \(old.pid)")
            say("  modules: \(new.modules.joined(separator: ", "))")
        }
    }
}

/// The provider host's listener as a service.
private struct HostService: Service {
    let listener: HostListener
    let grace: Duration

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await listener.run(grace: grace) }
        guard !Task.isShuttingDownGracefully else { return }
        // Another has taken the address over: this process has nothing left to do.
        kill(getpid(), SIGTERM)
        try? await gracefulShutdown()
    }
}

private func hostSocket(of settings: Settings) throws -> String {
    guard let socket = settings.supervisedHostSocket else {
        throw OperatorProblem("GUILDHALL_PROVIDER_SOCKET is none: there is no provider host.")
    }
    return socket
}

/// Asks the provider host that the settings name.
private func asking<Answer>(
    _ body: (HostConnection) async throws(ProviderError) -> Answer
) async throws -> Answer {
    let socket = try hostSocket(of: try Settings.read())
    let connection = HostConnection(
        path: socket, name: "operator", logger: Logger(label: "provide"))
    defer { connection.close() }
    do throws(ProviderError) {
        return try await body(connection)
    } catch {
        throw OperatorProblem("\(socket): \(error)")
    }
}
