import ProviderKit
import Vocabulary

/// Payments and payouts at the sandbox bank, for development and tests. The way to pay that a
/// customer chooses is the bank's card that behaves so.
public struct SandboxPayments: PayoutProvider, BalanceProvider {
    static let url = ConfigurationField(
        "url", label: "The bank's address", kind: .url, required: true,
        help: "Where guildhall sandbox-bank listens: http://127.0.0.1:8090")
    static let apiKey = ConfigurationField(
        "apiKey", label: "API key", kind: .secret, required: true,
        help: "The merchant's key at the bank: sk_sandbox_north")
    static let webhookSecret = ConfigurationField(
        "webhookSecret", label: "Webhook secret", kind: .secret, required: true,
        help: "What the bank signs webhooks with: whsec_sandbox_north")
    static let cards = ConfigurationField(
        "cards", label: "Cards offered",
        help: "Tokens with commas between, such as tok_visa, tok_3ds. Empty offers all of them.")

    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "sandbox-payments", name: "Sandbox payments", version: "1.0",
        summary: "Payments and payouts at the sandbox bank; no money moves.",
        fields: [url, apiKey, webhookSecret, cards],
        capabilities: [
            .separateCapture, .multipleCaptures, .partialRefund, .redirect, .delayedResult,
            .payouts,
        ])

    /// Every card of the bank, and what the customer reads.
    static let methods: [PaymentMethod] = [
        PaymentMethod(code: "tok_visa", label: "Test card: works"),
        PaymentMethod(code: "tok_3ds", label: "Test card: asks for confirmation"),
        PaymentMethod(code: "tok_delayed", label: "Test card: works some time later"),
        PaymentMethod(code: "tok_delayed_decline", label: "Test card: declined some time later"),
        PaymentMethod(code: "tok_declined", label: "Test card: declined"),
        PaymentMethod(code: "tok_insufficient", label: "Test card: no funds"),
        PaymentMethod(code: "tok_expired", label: "Test card: expired"),
        PaymentMethod(code: "tok_timeout_after_acting", label: "Test card: works, no answer"),
        PaymentMethod(code: "tok_timeout_before_acting", label: "Test card: nothing, no answer"),
        PaymentMethod(code: "tok_server_error", label: "Test card: the bank stumbles"),
        PaymentMethod(code: "tok_rate_limited", label: "Test card: too many calls"),
        PaymentMethod(code: "tok_refund_fails", label: "Test card: refunds fail"),
        PaymentMethod(code: "tok_refused_connection", label: "Test card: bank unreachable"),
    ]

    let bank: BankClient
    private let offered: [PaymentMethod]
    private let webhookSecrets: [Secret]

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        guard settings.mode == .sandbox else {
            throw .misconfigured(message: "The sandbox bank moves no real money.")
        }
        bank = BankClient(
            url: try settings.required(Self.url), key: try settings.secret(Self.apiKey),
            http: services.http)
        let current = try settings.secret(Self.webhookSecret)
        webhookSecrets =
            [current] + [settings.previousSecrets[Self.webhookSecret.key]].compactMap { $0 }
        let codes = (settings.text(Self.cards) ?? "").split { $0 == "," || $0 == " " }
        for code in codes where !Self.methods.contains(where: { $0.code == code }) {
            throw .misconfigured(message: "The bank has no card \(code).")
        }
        offered = Self.methods.filter { codes.isEmpty || codes.contains(Substring($0.code)) }
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        _ = try await bank.get(AccountBody.self, "/v1/account", context)
        return []
    }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] { offered }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        let question = PaymentQuestion(
            merchantReference: request.paymentID, amount: request.amount, source: request.method,
            capture: request.capture.rawValue, returnURL: request.returnURL,
            webhookURL: request.webhookURL)
        let isRefused = request.method == "tok_refused_connection"
        let body = try await (isRefused ? bank.unreachable : bank)
            .post(PaymentBody.self, "/v1/payments", question, context)
        let next = body.redirectURL.map { NextAction.redirect(url: $0) } ?? .none
        return StartedPayment(snapshot: try body.snapshot(), next: next)
    }

    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        let question = CaptureQuestion(amount: request.amount, isFinal: request.isFinal)
        return try await bank.post(
            PaymentBody.self, "/v1/payments/\(request.reference)/capture", question, context
        ).snapshot()
    }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await bank.post(
            PaymentBody.self, "/v1/payments/\(reference)/void", NoQuestion(), context
        ).snapshot()
    }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        let question = RefundQuestion(
            merchantReference: request.refundID, amount: request.amount, reason: request.reason)
        return try await bank.post(
            RefundBody.self, "/v1/payments/\(request.reference)/refunds", question, context
        ).snapshot()
    }

    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        try await bank.find(PaymentBody.self, "/v1/payments", key, context)?.snapshot()
    }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        try await bank.find(RefundBody.self, "/v1/refunds", key, context)?.snapshot()
    }

    public func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        let question = PayoutQuestion(
            merchantReference: request.payoutID, amount: request.amount,
            destination: request.destination, statement: request.statement,
            webhookURL: request.webhookURL)
        return try await bank.post(PayoutBody.self, "/v1/payouts", question, context).snapshot()
    }

    public func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? {
        try await bank.find(PayoutBody.self, "/v1/payouts", key, context)?.snapshot()
    }

    public func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        guard let header = delivery.headers["Sandbox-Signature"],
            let signature = WebhookSignature(header: header),
            signature.holds(for: delivery.body, secrets: webhookSecrets, at: delivery.receivedAt),
            let event = EventBody(delivery.body)
        else { throw .signatureInvalid }
        return VerifiedWebhook(
            eventID: event.id, kind: event.type, occurredAt: event.createdAt, body: delivery.body)
    }

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        guard let event = EventBody(webhook.body) else {
            throw .invalidRequest(code: "webhook.malformed", message: "It is not an event.")
        }
        var events: [PaymentEvent] = []
        if let payment = event.payment { events.append(.payment(try payment.snapshot())) }
        if let refund = event.refund { events.append(.refund(try refund.snapshot())) }
        if let payout = event.payout { events.append(.payout(try payout.snapshot())) }
        return events
    }
}
