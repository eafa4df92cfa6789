import ArgumentParser
import Logging
import SandboxBank
import ServiceLifecycle

/// `guildhall sandbox-bank --port 8083`
struct SandboxBankCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox-bank",
        abstract: "A bank for demos and tests, on this machine only. It moves no money.")

    @Option(help: "Where it listens on 127.0.0.1; otherwise GUILDHALL_BANK_PORT.")
    var port: Int?

    @Option(help: "The file of its books; otherwise bank.journal in GUILDHALL_HOME.")
    var journal: String?

    @Option(help: "After how many seconds a delayed result comes.")
    var delay = 30

    func run() async throws {
        let settings = try Settings.read()
        ThisProcess.begin(settings, "bank")
        let logger = Logger(label: "bank")
        var bank = SandboxBank.Settings()
        bank.port = port ?? settings.network.bankPort
        bank.journal = journal ?? settings.folders.home + "/bank.journal"
        bank.delay = .seconds(delay)
        bank.reached = settings.running.drillOrders?.reached
        var configuration = ServiceGroupConfiguration(
            services: [BankService(bank: SandboxBank(bank, logger: logger))],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(settings.running.shutdownSeconds)
        try await ServiceGroup(configuration: configuration).run()
    }
}

private struct BankService: Service {
    let bank: SandboxBank

    func run() async throws { try await bank.run() }
}
