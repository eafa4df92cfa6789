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

    func run() async throws {
        let settings = try Settings.read()
        ThisProcess.begin(settings, app.rawValue)
        let wiring = try Wiring(settings, process: app.rawValue)
        let network = settings.network
        var services: [any Service] = []
        for app in app.apps {
            services.append(
                HealthServer(
                    host: network.host, port: app.healthPort(network), checks: wiring.checks,
                    logger: wiring.logger))
            services.append(
                try app.app(wiring).application(host: network.host, port: app.port(network)))
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
