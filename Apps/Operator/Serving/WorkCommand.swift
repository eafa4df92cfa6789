import ArgumentParser
import Kernel
import ServiceLifecycle

/// `guildhall work`
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Does the work in the background until it is told to stop.")

    func run() async throws {
        let settings = try Settings.read()
        ThisProcess.begin(settings, "worker")
        let wiring = try Wiring(settings, process: "worker")
        var limits = WorkerSettings()
        limits.grace = .seconds(settings.running.shutdownSeconds)
        limits.lease = wiring.marketplace.settings.jobLease
        let worker = Worker(
            wiring.database, handlers: wiring.marketplace.jobHandlers(), settings: limits,
            logger: wiring.logger)
        let health = HealthServer(
            host: settings.network.host, port: settings.network.healthPort + 3,
            checks: wiring.checks, readings: wiring.bookReadings, logger: wiring.logger)
        try await wiring.run([health, WorkerService(worker: worker)])
    }
}
