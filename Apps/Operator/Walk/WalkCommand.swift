import ArgumentParser
import Foundation

/// `guildhall walk`: the main job, end to end, against the running market.
struct WalkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walk",
        abstract: "Performs the main job through the apps' public APIs, with receipts.",
        discussion: """
            Three artisans register, are verified and publish their catalogues; customers buy from \
            all three in one payment while the administrator swaps the payment provider; everybody \
            is paid to the cent. Stops at the first thing that is off and shows the request, the \
            answer and what was expected. Names are new each time, so that it may be repeated.
            """)

    @Option(help: "The customer app.")
    var storefront: String?
    @Option(help: "The seller app.")
    var seller: String?
    @Option(help: "The admin app.")
    var admin: String?
    @Option(help: "The demo market with the artisans' catalogues.")
    var demo: String?

    func run() async throws {
        let (network, demoFolder) = try Settings.readForWalking()
        let folder = demo ?? demoFolder ?? "Config/demo"
        let walk = Walk(
            market: try DemoMarket.read(folder: folder), folder: folder,
            bankURL: network.bankURL, storefront: storefront ?? network.storefrontURL,
            sellerApp: seller ?? network.sellerURL, adminApp: admin ?? network.adminURL)
        do {
            try await walk.run()
        } catch let problem as WalkProblem {
            say("")
            say("✗ \(problem)")
            throw ExitCode.failure
        }
    }
}
