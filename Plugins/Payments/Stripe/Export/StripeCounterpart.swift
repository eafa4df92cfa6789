import ProviderKit
import Synchronization
import Vocabulary

/// Stripe in memory, for the conformance run: payments with test cards and on its page, refunds,
/// disputes, accounts with transfers and reversals, one effect for each idempotency key.
final class StripeCounterpart: ScriptedCounterpart {
    static let key = "sk_test_conformance5c1f0e9a7b3d2846"
    let state = Mutex(CounterpartState())

    let settings = [
        "url": "http://stripe.example:12111", "apiKey": StripeCounterpart.key,
        "webhookSecret": "whsec_conformance_91d7a4e02f6b8c35",
        "testCards": "pm_card_visa, pm_card_chargeDeclined",
    ]
    let liveSettings: [String: String]? = [
        "apiKey": "sk_live_conformance0f6b8c3591d7a4e2",
        "webhookSecret": "whsec_conformance_02f6b8c3591d7a4e",
    ]
    let payingMethod: String? = "pm_card_visa"
    let decliningMethod: String? = "pm_card_chargeDeclined"
    let redirectingMethod: String? = "checkout"
    let webhookSecret: String? = "webhookSecret"
    let payoutDestination: PayoutDestination? = PayoutDestination(
        holder: "Ada", account: CounterpartState.readyAccount, country: "DE")

    func answer(_ request: HTTPRequest, at now: Instant) async -> HTTPResponse {
        guard request.headers["Authorization"] == "Bearer \(Self.key)" else {
            return StripeNo(401, "invalid_api_key").response
        }
        let rest = request.url.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" }
        let parts = rest.split(separator: "?", maxSplits: 1)
        let path = parts.first.map { $0.split(separator: "/").map(String.init) } ?? []
        let query = CounterpartForm(parts.count > 1 ? String(parts[1]) : "")
        guard path.first == "v1" else { return StripeNo(404, "url").response }
        let route = Array(path.dropFirst())
        return state.withLock { state in
            request.method == "GET"
                ? state.read(route, query, for: request.headers["Stripe-Account"])
                : state.once(route, request, now.secondsSince1970)
        }
    }

    func customerPays(_ reference: String) async {
        state.withLock { $0.paySession(reference, Instant.systemNow.secondsSince1970) }
    }

    var books: CounterpartBooks { state.withLock { $0.books } }

    var webhooks: [[UInt8]] { state.withLock { $0.events.map(\.bytes) } }

    var unknownWebhook: [UInt8] {
        CounterpartState.event("galaxy.collided", number: 0, ["id": "x_1", "object": "galaxy"])
            .bytes
    }

    func headers(signing body: [UInt8], with secret: Secret, at instant: Instant) -> HTTPHeaders {
        ["Stripe-Signature": WebhookSignature.header(body, secret: secret, at: instant)]
    }
}

/// What Stripe does not do.
struct StripeNo: Error {
    let status: Int
    let code: String

    init(_ status: Int, _ code: String) {
        self.status = status
        self.code = code
    }

    var response: HTTPResponse {
        let type = status == 402 ? "card_error" : "invalid_request_error"
        let problem: CounterpartJSON = [
            "error": [
                "type": .text(type), "code": .text(code), "message": .text("It says \(code)."),
            ]
        ]
        return HTTPResponse(status: status, body: problem.bytes)
    }
}
