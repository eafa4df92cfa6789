import Glibc
import Hummingbird
import Logging
import ProviderHost
import ProviderKit
import SandboxBank
import ServiceLifecycle
import Synchronization
import Testing
import Vocabulary

/// The modules as SwiftPM built them, loaded as the market loads them.
let catalog = ModuleCatalog(folder: productsFolder)

/// Where the test program and the modules lie.
var productsFolder: String {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    let text = String(decoding: path[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
}

let quiet = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })
let client = HostClient(
    privateHosts: ["127.0.0.1"], connectingWithin: .seconds(60))

func context(_ key: String = randomKey(), within limit: Duration = .seconds(30)) -> OperationContext
{
    OperationContext(key: key, within: limit)
}

func randomKey() -> String { "key-" + hexadecimal(randomBytes(8)) }

/// A sandbox bank behind a real socket, and a merchant who hears its webhooks.
struct RunningBank: Sendable {
    let url: String
    let settings: SandboxBank.Settings
    let webhooks: WebhookCatcher

    /// The sandbox module for one of the bank's merchants, behind the host's guard.
    func payments(
        merchant: Int = 0, previousSecret: String? = nil, cards: String = ""
    ) throws -> GuardedPayment {
        let account = settings.accounts[merchant]
        let module = try #require(catalog.module("sandbox-payments"))
        let configuration = InstanceSettings(
            instanceID: "test", values: ["url": url, "cards": cards],
            secrets: [
                "apiKey": Secret(account.key), "webhookSecret": Secret(account.webhookSecret),
            ],
            previousSecrets: previousSecret.map { ["webhookSecret": Secret($0)] } ?? [:])
        let services = ProviderServices(
            http: client.transport(for: module.descriptor, configuration))
        let provider = try module.make(configuration, services)
        let guarded = ProviderGuard(
            provider, module.descriptor, instanceID: "test", logger: quiet)
        return try #require(guarded.payment)
    }

    func start(
        _ method: String, _ amount: Money = Money(4250, .eur), capture: CaptureMode = .now,
        id: String = randomKey()
    ) -> PaymentStart {
        PaymentStart(
            paymentID: id, amount: amount, method: method, capture: capture,
            returnURL: "http://127.0.0.1:9/back", webhookURL: webhooks.url)
    }

    /// Presses a button of the bank's, and says where it sends us.
    @discardableResult
    func post(_ path: String) async throws -> (status: Int, location: String?) {
        let open = HostTransport(client: client, hosts: ["127.0.0.1"])
        let response = try await open.send(
            ProviderKit.HTTPRequest("POST", url + path),
            deadline: .systemNow.advanced(by: .seconds(10)))
        return (response.status, response.headers["Location"])
    }
}

/// Runs a bank and a merchant's server for as long as `body` runs.
func withBank(
    _ configure: (inout SandboxBank.Settings) -> Void = { _ in },
    _ body: @Sendable (RunningBank) async throws -> Void
) async throws {
    var settings = SandboxBank.Settings()
    settings.port = 0
    configure(&settings)
    let webhooks = WebhookCatcher()
    let (ports, found) = AsyncStream<Int>.makeStream()
    let bank = SandboxBank(settings, logger: quiet)
    let final = settings
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await bank.run { found.yield($0) } }
        group.addTask { try await webhooks.run() }
        for await port in ports.prefix(1) {
            await webhooks.ready()
            let running = RunningBank(
                url: "http://127.0.0.1:\(port)", settings: final, webhooks: webhooks)
            try await body(running)
        }
        group.cancelAll()
        while let result = await group.nextResult() {
            if case .failure(let error) = result, !(error is CancellationError) { throw error }
        }
    }
}

/// A merchant's web server: keeps what is delivered, and may refuse it.
final class WebhookCatcher: Sendable {
    private struct State {
        var port = 0
        var deliveries: [WebhookDelivery] = []
        var refusals = 0
    }

    private let state = Mutex(State())

    var url: String { "http://127.0.0.1:\(state.withLock { $0.port })/webhooks/test" }
    var deliveries: [WebhookDelivery] { state.withLock { $0.deliveries } }

    /// The next so many deliveries are answered 500.
    func refuse(next count: Int) { state.withLock { $0.refusals = count } }

    func run() async throws {
        let router = Router()
        router.post("webhooks/test") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let headers = HTTPHeaders(
                request.headers.map { .init(name: $0.name.canonicalName, value: $0.value) })
            let delivery = WebhookDelivery(
                headers: headers, body: Array(body.readableBytesView), receivedAt: .systemNow)
            let refused = self.state.withLock { state in
                state.deliveries.append(delivery)
                state.refusals -= 1
                return state.refusals >= 0
            }
            return Response(status: refused ? .internalServerError : .ok)
        }
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

    func ready() async {
        await eventually { self.state.withLock { $0.port } != 0 }
    }

    /// Waits until so many have come.
    func wait(for count: Int) async -> [WebhookDelivery] {
        await eventually { self.deliveries.count >= count }
        return deliveries
    }
}

/// Looks again and again for at most ten seconds.
func eventually(_ condition: () async throws -> Bool) async rethrows {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try? await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it did not come true in a minute")
}
