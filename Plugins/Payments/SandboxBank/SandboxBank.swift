import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import Vocabulary

/// A bank for development and tests: a process of its own behind a socket, as a real provider is.
/// It moves no money and must never be reachable from outside.
public struct SandboxBank: Sendable {
    /// The header that carries a webhook's signature.
    public static let signatureHeader = "Sandbox-Signature"

    /// A merchant of the bank.
    public struct Account: Sendable, Hashable {
        public let name: String
        /// What the merchant shows as `Authorization: Bearer …`.
        public let key: String
        /// What the bank signs webhooks with.
        public let webhookSecret: String

        public init(name: String, key: String, webhookSecret: String) {
            self.name = name
            self.key = key
            self.webhookSecret = webhookSecret
        }
    }

    public struct Settings: Sendable {
        public var host = "127.0.0.1"
        /// 0 takes a free one; `onReady` says which.
        public var port = 8090
        /// Where everything is written down; nil forgets at the end.
        public var journal: String?
        /// How long `tok_delayed` takes.
        public var delay: Duration = .seconds(30)
        /// How long the bank keeps silent where a token says so.
        public var silence: Duration = .seconds(60)
        public var accounts: [Account] = [
            Account(name: "North", key: "sk_sandbox_north", webhookSecret: "whsec_sandbox_north"),
            Account(name: "South", key: "sk_sandbox_south", webhookSecret: "whsec_sandbox_south"),
        ]

        /// Hears of every moment at which the bank may die, such as `bank.capture.journaled`; for
        /// drills alone.
        public var reached: (@Sendable (String) -> Void)?

        public init() {}
    }

    private let settings: Settings
    private let logger: Logger

    public init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Serves until cancelled or shut down. `onReady` hears the port once it listens.
    /// - Throws: when the port is taken or the journal cannot be used.
    public func run(onReady: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let address = BankAddress(host: settings.host, port: settings.port)
        let faults = BankFaults()
        let book = try BankBook(settings, address: address, faults: faults)
        let client = WebhookCourier.makeClient()
        let courier = WebhookCourier(
            client: client, book: book, settings: settings, logger: logger)
        let router = Router(context: BasicRequestContext.self)
        BankRoutes(book: book, settings: settings).add(to: router)
        BankControl(book: book, courier: courier, settings: settings).add(to: router)
        BankPages(book: book).add(to: router)
        var app = Application(
            router: router,
            configuration: .init(
                address: .hostname(settings.host, port: settings.port),
                serverName: "guildhall-sandbox-bank"),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.port
                address.settle(port: port)
                await onReady(port)
            },
            logger: logger)
        app.addServices(courier)
        do {
            try await Self.serve(app, logger)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    /// A server that is cancelled in the middle of an answer traps; shut down it ends well. Hence
    /// a task of its own, which cancelling us does not cancel.
    private static func serve(_ app: some Service, _ logger: Logger) async throws {
        let services = ServiceGroup(
            configuration: .init(services: [app], gracefulShutdownSignals: [], logger: logger))
        let serving = Task { try await services.run() }
        try await withGracefulShutdownHandler {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await services.triggerGracefulShutdown() }
            }
        } onGracefulShutdown: {
            Task { await services.triggerGracefulShutdown() }
        }
    }
}

/// Where the bank can be reached; the port is known for sure only once it listens.
final class BankAddress: Sendable {
    private let host: String
    private let port: Mutex<Int>

    init(host: String, port: Int) {
        self.host = host
        self.port = Mutex(port)
    }

    func settle(port: Int) { self.port.withLock { $0 = port } }

    var url: String { "http://\(host):\(port.withLock { $0 })" }
}
