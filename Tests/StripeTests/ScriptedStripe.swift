import ProviderKit
import StripePayments
import Synchronization
import Vocabulary

/// A transport that answers by script and keeps what it was asked.
final class ScriptedTransport: HTTPTransport {
    typealias Answer = @Sendable (HTTPRequest) throws(ProviderError) -> HTTPResponse

    private let answer: Answer
    private let kept = Mutex<[HTTPRequest]>([])

    init(_ answer: @escaping Answer) { self.answer = answer }

    var requests: [HTTPRequest] { kept.withLock { $0 } }

    func send(
        _ request: HTTPRequest, deadline: Instant
    ) async throws(ProviderError) -> HTTPResponse {
        kept.withLock { $0.append(request) }
        return try answer(request)
    }
}

extension HTTPRequest {
    var form: String { String(decoding: body, as: UTF8.self) }
    var target: String { String(url.dropFirst("http://127.0.0.1:1".count)) }
}

func json(_ text: String, status: Int = 200, headers: HTTPHeaders = [:]) -> HTTPResponse {
    HTTPResponse(status: status, headers: headers, body: Array(text.utf8))
}

func context(_ key: String = "k1", madeAt: Instant? = nil) -> OperationContext {
    OperationContext(
        idempotencyKey: key, deadline: .systemNow.advanced(by: .seconds(10)), firstMadeAt: madeAt)
}

/// An instance of the module whose Stripe is `transport`.
func stripe(
    _ transport: some HTTPTransport, values: [String: String] = [:],
    secrets: [String: String] = [:], previous: [String: String] = [:],
    mode: InstanceMode = .sandbox
) throws(ProviderError) -> StripePayments {
    let values = ["url": "http://127.0.0.1:1", "testCards": "pm_card_visa"]
        .merging(values) { $1 }
    let secrets = ["apiKey": "sk_test_1", "webhookSecret": "whsec_x"].merging(secrets) { $1 }
    return try StripePayments(
        settings: InstanceSettings(
            instanceID: "i", mode: mode, values: values, secrets: secrets.mapValues { Secret($0) },
            previousSecrets: previous.mapValues { Secret($0) }),
        services: ProviderServices(http: transport))
}

let silent = ScriptedTransport { _ throws(ProviderError) in
    throw .unavailable(message: "nobody", retryAfterSeconds: nil)
}

/// A PaymentIntent as Stripe writes it.
func intent(
    _ status: String, amount: Int64 = 4250, received: Int64 = 0, refunded: Int64 = 0,
    captured: Int64? = nil, key: String = "k1", id: String = "pi_1", more: String = ""
) -> String {
    """
    {"id":"\(id)","object":"payment_intent","amount":\(amount),"amount_received":\(received),
     "currency":"eur","status":"\(status)","livemode":false,\(more)
     "metadata":{"guildhall_payment":"p1","guildhall_key":"\(key)"},
     "latest_charge":{"id":"ch_1","object":"charge","amount":\(amount),
       "amount_captured":\(captured ?? received),"amount_refunded":\(refunded),
       "payment_intent":"pi_1","metadata":{}}}
    """
}

func problem(_ code: String, type: String = "invalid_request_error", more: String = "") -> String {
    #"{"error":{"type":"\#(type)","code":"\#(code)","message":"Because.\#(more)"}}"#
}

func start(
    _ method: String = "pm_card_visa", _ amount: Money = Money(4250, .eur),
    capture: CaptureMode = .now
) -> PaymentStart {
    PaymentStart(
        paymentID: "p1", amount: amount, method: method, capture: capture,
        returnURL: "https://shop.example/back?a=1&b=2", webhookURL: "https://shop.example/w",
        statement: "Guildhall 4711", customerEmail: "grace@example.com")
}
