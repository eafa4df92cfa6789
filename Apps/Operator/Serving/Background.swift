import Kernel
import ServiceLifecycle

/// Something that runs beside the work of a process, until the process is told to stop.
struct Background: Service {
    let name: String
    let body: @Sendable () async -> Void

    func run() async throws { await cancelWhenGracefulShutdown { await body() } }
}

/// The worker as a service: told to stop, it takes no more jobs and finishes those under way.
struct WorkerService: Service {
    let worker: Worker

    func run() async throws {
        await withGracefulShutdownHandler {
            await worker.run()
        } onGracefulShutdown: {
            worker.stop()
        }
    }
}

/// A deadline for what is under way when the process is told to stop.
extension Wiring {
    /// Runs `services` until SIGTERM or Ctrl-C, then stops them in reverse order and closes.
    func run(_ services: [any Service]) async throws {
        let listener = Background(name: "listening") { [marketplace] in
            await marketplace.listen()
        }
        let process = ProcessIdentity.current(as: logger.label)
        let beating = Background(name: "beating") { [marketplace] in
            await marketplace.keepBeating(as: process)
        }
        var configuration = ServiceGroupConfiguration(
            services: [listener, beating] + services, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(settings.running.shutdownSeconds)
        logger.info("process.started")
        let ending: Result<Void, any Error>
        do {
            try await ServiceGroup(configuration: configuration).run()
            ending = .success(())
        } catch {
            ending = .failure(error)
        }
        do {
            try await withDeadline(.seconds(1)) { [marketplace] in
                await marketplace.stopBeating(as: process)
            }
        } catch { logger.warning("process.not-heard", metadata: ["error": "\(error)"]) }
        await close()
        logger.info("process.stopped")
        try ending.get()
    }
}
