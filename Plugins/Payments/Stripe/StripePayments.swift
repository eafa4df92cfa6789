public import ProviderKit
public import Vocabulary

/// Payments at Stripe, and sellers' accounts there (Connect), with separate charges and transfers:
/// customers pay the platform, and the platform transfers to sellers' connected accounts.
public struct StripePayments: OrderedBankPayoutProvider, BalanceProvider, DisputeProvider {
    static let url = ConfigurationField(
        "url", label: "Address", kind: .url,
        help: "Another one only for tests, with a test key.", fallback: StripeKey.url)
    static let apiKey = ConfigurationField(
        "apiKey", label: "API key", kind: .secret, required: true,
        help: "Secret or restricted: sk_live_…, rk_live_…, sk_test_…, rk_test_…")
    static let webhookSecret = ConfigurationField(
        "webhookSecret", label: "Webhook secret", kind: .secret, required: true,
        help: "Of the endpoint for events of your account: whsec_…")
    static let connectSecret = ConfigurationField(
        "connectWebhookSecret", label: "Connect webhook secret", kind: .secret,
        help: "Of the endpoint for events of connected accounts. Needed when sellers have them.")
    static let testCards = ConfigurationField(
        "testCards", label: "Test cards offered",
        help: "Stripe's test payment methods, such as pm_card_visa. Not for real money.")

    static let payoutsOf = ConfigurationField(
        "payouts", label: "Payouts of new accounts", kind: .choice(["automatic", "manual"]),
        help: "Automatic: by Stripe's schedule. Manual: each is asked for here.",
        fallback: "automatic")

    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "stripe", name: "Stripe", version: "1.0",
        summary: "Cards, wallets and bank payments on Stripe's page, and payouts to sellers.",
        fields: [url, apiKey, webhookSecret, connectSecret, payoutsOf, testCards],
        capabilities: [.separateCapture, .partialRefund, .redirect, .delayedResult, .payouts])

    /// The way to pay that leads to Stripe's own page.
    static let checkout = PaymentMethod(code: "checkout", label: "Card, wallet or bank (Stripe)")

    let stripe: StripeClient
    let now: @Sendable () -> Instant
    let cards: [PaymentMethod]
    /// Whether accounts are opened that pay out only when they are asked to.
    let opensManually: Bool
    private let webhookSecrets: [Secret]

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        let mode = settings.mode
        let (url, key) = (try settings.required(Self.url), try settings.secret(Self.apiKey))
        try StripeKey.check(key, url: url, mode: mode)
        stripe = StripeClient(
            url: url.hasSuffix("/") ? String(url.dropLast()) : url, key: key,
            isLive: mode == .live, http: services.http, log: services.log)
        webhookSecrets =
            [try settings.secret(Self.webhookSecret)]
            + [
                settings.secrets[Self.connectSecret.key],
                settings.previousSecrets[Self.webhookSecret.key],
                settings.previousSecrets[Self.connectSecret.key],
            ].compactMap { $0 }
        // An empty key would sign for everybody.
        guard webhookSecrets.allSatisfy({ !$0.reveal().isEmpty }) else {
            throw .misconfigured(message: "A webhook secret is empty.")
        }
        let codes = (settings.text(Self.testCards) ?? "").split { $0 == "," || $0 == " " }
        guard codes.isEmpty || mode != .live else {
            throw .misconfigured(message: "Test cards are not offered for real money.")
        }
        for code in codes where !code.hasPrefix("pm_") {
            throw .misconfigured(message: "\(code) is not a test payment method of Stripe's.")
        }
        cards = codes.map {
            PaymentMethod(code: String($0), label: "Test card: \($0.dropFirst(3))")
        }
        opensManually = settings.text(Self.payoutsOf) == "manual"
        now = services.now
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        _ = try await stripe.get(StripeBalance.self, "/v1/balance", context)
        return []
    }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        StripeAmount.isPayable(amount) ? [Self.checkout] + cards : []
    }

    /// Whether a delivery is signed by one of the endpoints' secrets, lately.
    func isSigned(_ delivery: WebhookDelivery) -> Bool {
        guard let header = delivery.headers["Stripe-Signature"],
            let signature = WebhookSignature(header: header)
        else { return false }
        return signature.holds(
            for: delivery.body, secrets: webhookSecrets, at: delivery.receivedAt)
    }
}
