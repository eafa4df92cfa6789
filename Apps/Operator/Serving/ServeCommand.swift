import ArgumentParser
import Glibc
import Hummingbird
import ServiceLifecycle

/// `guildhall serve storefront`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves an app until it is told to stop.")

    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case storefront, seller, admin, all

        var apps: [AppName] { AppName(rawValue: rawValue).map { [$0] } ?? AppName.allCases }
    }

    @Argument(help: "storefront, seller, admin, or all in one process for development.")
    var app: Choice

    @Option(
        help: ArgumentHelp(
            "Which of several processes on the same port this one is.",
            discussion: "Each has a health port of its own, four after the one before it."))
    var number: Int?

    func validate() throws {
        guard (1...16).contains(number ?? 1) else {
            throw ValidationError("--number must be between 1 and 16.")
        }
    }

    func run() async throws {
        let settings = try Settings.read()
        let name = AppName(rawValue: app.rawValue)?.processName(number ?? 1) ?? app.rawValue
        ThisProcess.begin(settings, name)
        let wiring = try Wiring(settings, process: name)
        let network = settings.network
        var services: [any Service] = []
        for app in app.apps {
            services.append(
                HealthServer(
                    host: network.host, port: app.healthPort(network, number: number ?? 1),
                    checks: wiring.checks,
                    logger: wiring.logger))
            services.append(
                try app.app(wiring).server(
                    host: network.host, port: app.port(network), sharesPort: number != nil))
        }
        try await wiring.run(services)
    }
}

/// What every long-lived process does first.
enum ThisProcess {
    static func begin(_ settings: Settings, _ name: String) {
        // A reader that went away is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        Lifeline.watch()
        Observing.begin(settings, process: name)
    }
}
