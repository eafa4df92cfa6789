import Kernel
import Logging
import ProviderHost
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
        let settling = Background(name: "settling") { await settle() }
        var configuration = ServiceGroupConfiguration(
            services: [listener, beating, settling] + services,
            gracefulShutdownSignals: [.sigterm, .sigint],
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

    /// Once the start is over, the memory of what ran for it alone is given back, and from then on
    /// what killed processes left is taken away: a process is restarted before that is old.
    private func settle() async {
        do {
            try await Task.sleep(for: .seconds(1))
            do { try ProcessMemory.releaseCode() } catch {
                logger.warning("process.code-kept", metadata: ["error": "\(error)"])
            }
            // A service that ends would end the others.
            while true {
                do { try await marketplace.sweepToolFolder() } catch {
                    logger.warning("tools.not-swept", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: .seconds(600))
            }
        } catch { return }
    }
}
