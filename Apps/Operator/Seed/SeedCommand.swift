import ArgumentParser
import Foundation
import Kernel
import Logging
import SandboxBank

/// `guildhall seed`: fills a market from a folder such as `Config/demo`.
struct SeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed",
        abstract: "Fills the market from a folder with market.json, catalogues and pictures.",
        discussion: """
            Does what people would do, through the same verbs, and skips what is there already: \
            running it again changes nothing. Providers are checked before they are switched on: \
            when the sandbox bank is not running, one runs for as long as this does.
            """)

    @Argument(help: "The folder. Without it, the one that GUILDHALL_DEMO names.")
    var folder: String?

    @Flag(help: "Do nothing when somebody has an account already.")
    var ifEmpty = false

    func run() async throws {
        let settings = try Settings.read()
        guard let folder = folder ?? settings.running.demoFolder else {
            throw OperatorProblem("Name a folder, or set GUILDHALL_DEMO to one.")
        }
        let market = try DemoMarket.read(folder: folder)
        let wiring = try Wiring(settings, process: "seed")
        let seeding = Seeding(
            marketplace: wiring.marketplace, bankURL: settings.network.bankURL, market: market,
            folder: folder)
        do {
            try await withBank(settings) {
                try await seeding.run(ifEmpty: ifEmpty)
            }
        } catch {
            await wiring.close()
            throw error
        }
        await wiring.close()
    }

    /// Runs `body` with a sandbox bank: the one that is there, or one of our own, which leaves its
    /// books to the one that comes after it.
    private func withBank(
        _ settings: Settings, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let port = settings.network.bankPort
        guard !LocalPort.answers(port) else { return try await body() }
        var bank = SandboxBank.Settings()
        bank.port = port
        try FileManager.default.createDirectory(
            atPath: settings.folders.home, withIntermediateDirectories: true)
        bank.journal = settings.folders.home + "/bank.journal"
        // Nobody hears its webhooks yet, and nobody needs to: its answers said it all.
        var logger = Logger(label: "bank")
        logger.logLevel = .critical
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { [bank, logger] group in
            group.addTask {
                try await SandboxBank(bank, logger: logger).run { _ in isReady.finish() }
            }
            group.addTask {
                for await _ in ready {}
                try await body()
            }
            // The bank runs until it is cancelled: the first to end is the body, or a failure.
            try await group.next()
            group.cancelAll()
        }
    }
}
