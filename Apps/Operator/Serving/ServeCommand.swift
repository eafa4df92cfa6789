import ArgumentParser

/// `guildhall serve storefront`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves one of the three apps until it is told to stop.")

    enum App: String, ExpressibleByArgument, CaseIterable { case storefront, seller, admin }

    @Argument(help: "storefront, seller or admin")
    var app: App

    func run() async throws {
        throw OperatorProblem("The apps are not there yet.")
    }
}
