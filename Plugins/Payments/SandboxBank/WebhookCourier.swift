import AsyncHTTPClient
import Logging
import NIOCore
import ProviderKit
import ServiceLifecycle
import Vocabulary

/// Brings webhooks to their merchants, and lets delayed results happen when their time comes.
struct WebhookCourier: Service {
    /// How often it looks; a webhook is no more than this late.
    static let interval: Duration = .milliseconds(50)
    static let deadline: TimeAmount = .seconds(5)

    let client: HTTPClient
    let book: BankBook
    let settings: SandboxBank.Settings
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    await book.settleDue(at: .systemNow)
                    for event in await book.takeDue(at: .systemNow) {
                        group.addTask { await deliver(event) }
                    }
                    do {
                        try await Task.sleep(for: Self.interval)
                    } catch {
                        break
                    }
                }
            }
        }
    }

    /// Connections for webhooks; one that is refused is an answer, not a reason to insist.
    static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// One delivery, freshly signed.
    func deliver(_ event: BankEvent) async {
        guard
            let secret = settings.accounts.first(where: { $0.key == event.account })?.webhookSecret
        else { return }
        let body = Array(event.body.utf8)
        var request = HTTPClientRequest(url: event.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(
            name: SandboxBank.signatureHeader,
            value: WebhookSignature.header(body, secret: Secret(secret), at: .systemNow))
        request.body = .bytes(body)
        do {
            let response = try await client.execute(
                request, deadline: .now() + Self.deadline)
            _ = try await response.body.collect(upTo: 65_536)
            if (200..<300).contains(response.status.code) {
                await book.delivered(event.id)
            } else {
                logger.notice(
                    "webhook.refused",
                    metadata: ["event": "\(event.id)", "status": "\(response.status.code)"])
            }
        } catch {
            logger.notice(
                "webhook.undelivered", metadata: ["event": "\(event.id)", "error": "\(error)"])
        }
    }
}
