import ArgumentParser
import Logging

/// `guildhall routes`
struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "Lists every address of the apps.")

    @Argument(help: "storefront, seller or admin; all when left out.")
    var app: AppName?

    func run() async throws {
        try await OneTask.run("routes") { wiring in
            for app in app.map({ [$0] }) ?? AppName.allCases {
                say("\(app.rawValue)  \(app.url(wiring.settings.network))")
                for route in try app.app(wiring).routeList { say("  \(route)") }
            }
        }
    }
}
