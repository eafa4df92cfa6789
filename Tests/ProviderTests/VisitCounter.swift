import Hummingbird
import ServiceLifecycle
import Synchronization

/// A server that answers 404 to everybody and counts them.
final class VisitCounter: Sendable {
    private let state = Mutex((port: 0, visits: 0))

    var port: Int { state.withLock { $0.port } }
    var visits: Int { state.withLock { $0.visits } }

    func run() async throws {
        let router = Router()
        router.add(middleware: Counting { self.state.withLock { $0.visits += 1 } })
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                self.state.withLock { $0.port = channel.localAddress?.port ?? 0 }
            }, logger: quiet)
        let services = ServiceGroup(
            configuration: .init(services: [app], gracefulShutdownSignals: [], logger: quiet))
        let serving = Task { try await services.run() }
        try await withTaskCancellationHandler {
            try await serving.value
        } onCancel: {
            Task { await services.triggerGracefulShutdown() }
        }
    }

    private struct Counting: RouterMiddleware {
        let count: @Sendable () -> Void

        func handle(
            _ request: Request, context: BasicRequestContext,
            next: (Request, BasicRequestContext) async throws -> Response
        ) async throws -> Response {
            count()
            return try await next(request, context)
        }
    }
}
