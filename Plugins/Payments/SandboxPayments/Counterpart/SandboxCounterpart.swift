import Foundation
import ProviderKit
import Synchronization
import Vocabulary

/// The sandbox bank in memory, for the conformance run: the same answers without a socket.
final class SandboxCounterpart: ScriptedCounterpart {
    struct State {
        var payments: [String: PaymentBody] = [:]
        var refunds: [String: RefundBody] = [:]
        var payouts: [String: PayoutBody] = [:]
        /// What a key made, what it asked, and what it was told.
        var answers: [String: (question: [UInt8], answer: HTTPResponse, object: String)] = [:]
        var entries: [BalanceBody.Item] = []
        var events: [EventBody] = []
        var count = 0

        mutating func next(_ prefix: String) -> String {
            count += 1
            return "\(prefix)_\(count)"
        }
    }

    static let key = "sk_conformance_5c1f0e9a7b3d2846"
    static let secret = "whsec_conformance_91d7a4e02f6b8c35"
    let state = Mutex(State())

    let settings = [
        "url": "http://bank.example:8090", "apiKey": SandboxCounterpart.key,
        "webhookSecret": SandboxCounterpart.secret,
    ]
    let payingMethod: String? = "tok_visa"
    let decliningMethod: String? = "tok_declined"
    let redirectingMethod: String? = "tok_3ds"
    let webhookSecret: String? = "webhookSecret"
    let payoutDestination: PayoutDestination? = PayoutDestination(
        holder: "Ada", account: "DE89370400440532013000", country: "DE")

    func answer(_ request: HTTPRequest, at now: Instant) async -> HTTPResponse {
        guard request.headers["Authorization"] == "Bearer \(Self.key)" else {
            return Self.refused(401, "unauthorized")
        }
        let rest = request.url.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" }
        let parts = rest.split(separator: "?", maxSplits: 1)
        let path = parts.first.map { $0.split(separator: "/").map(String.init) } ?? []
        let query = parts.count > 1 ? String(parts[1]) : ""
        guard path.first == "v1" else { return Self.refused(404, "not_found") }
        let route = Array(path.dropFirst())
        return request.method == "GET"
            ? read(route, query) : act(route, request, now)
    }

    func customerPays(_ reference: String) async {
        state.withLock { state in
            guard var payment = state.payments[reference], payment.status == "requires_action"
            else { return }
            payment.change("captured", captured: payment.amount)
            state.keep(payment, "payment.captured", .systemNow)
        }
    }

    private func read(_ route: [String], _ query: String) -> HTTPResponse {
        state.withLock { state in
            let made =
                query.hasPrefix("idempotencyKey=")
                ? state.answers[String(query.dropFirst(15))]?.object ?? "" : nil
            let id = route.count > 1 ? route[1] : made ?? ""
            switch route.first {
            case "account": return Self.answered(["name": "Conformance", "mode": "sandbox"])
            case "payments": return Self.found(state.payments[id])
            case "refunds": return Self.found(state.refunds[id])
            case "payouts": return Self.found(state.payouts[id])
            case "balance-entries":
                return Self.answered(BalanceBody(items: state.entries, next: nil))
            default: return Self.refused(404, "not_found")
            }
        }
    }

    static func found(_ body: (some Encodable)?) -> HTTPResponse {
        body.map { answered($0) } ?? refused(404, "not_found")
    }

    static func answered(_ body: some Encodable) -> HTTPResponse {
        guard let data = try? JSONEncoder().encode(body) else { return refused(500, "encoding") }
        return HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json"], body: Array(data))
    }

    static func refused(_ status: Int, _ code: String) -> HTTPResponse {
        let problem = ErrorBody(error: .init(code: code, message: "The bank says \(code)."))
        let data = (try? JSONEncoder().encode(problem)) ?? Data()
        return HTTPResponse(status: status, body: Array(data))
    }
}

// What it tells the conformance run.
extension SandboxCounterpart {
    var books: CounterpartBooks {
        state.withLock { state in
            // Its own bodies can be read; a breach of that would be a missing line.
            CounterpartBooks(
                payments: state.payments.values.compactMap { try? $0.snapshot() },
                refunds: state.refunds.values.compactMap { try? $0.snapshot() },
                payouts: state.payouts.values.compactMap { try? $0.snapshot() })
        }
    }

    var webhooks: [[UInt8]] {
        state.withLock { state in
            state.events.compactMap { try? Array(JSONEncoder().encode($0)) }
        }
    }

    var unknownWebhook: [UInt8] {
        let event = EventBody(
            id: "evt_unknown", type: "galaxy.collided", createdAt: .systemNow, payment: nil,
            refund: nil, payout: nil)
        return (try? Array(JSONEncoder().encode(event))) ?? []
    }

    func headers(signing body: [UInt8], with secret: Secret, at instant: Instant) -> HTTPHeaders {
        ["Sandbox-Signature": WebhookSignature.header(body, secret: secret, at: instant)]
    }
}

extension SandboxPayments {
    /// The bank in memory, for the conformance run of a module that speaks to it.
    public static func counterpart() -> any ScriptedCounterpart { SandboxCounterpart() }
}
