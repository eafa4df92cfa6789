import Kernel
@_spi(Statements) import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

/// Providers that answer at once, so that a bench measures the market and not a bank. They are
/// called through the same gateway as any other module.
enum BenchProviders {
    static var modules: [ModuleExport] {
        [
            ModuleExport(BenchPayments.self), ModuleExport(BenchShipping.self),
            ModuleExport(BenchTax.self),
        ]
    }

    /// Makes an active instance of each.
    /// - Returns: the one that takes payments.
    static func install(in database: Database) async throws -> ID<ProviderInstance> {
        let payments = ID<ProviderInstance>()
        for (id, kind) in [
            (payments, ProviderKind.payment), (ID<ProviderInstance>(), .shipping),
            (ID<ProviderInstance>(), .tax),
        ] {
            try await database.execute(
                """
                insert into provider_instance (id, kind, module_key, name, state)
                values (\(id), \(kind), \("bench-" + kind.rawValue), \("Bench"), 'active')
                """)
        }
        return payments
    }
}

/// Takes every payment at once and in full.
struct BenchPayments: PaymentProvider {
    static let descriptor = ModuleDescriptor(
        kind: .payment, key: "bench-payment", name: "Bench payments", version: "1",
        capabilities: [])

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {}

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        [PaymentMethod(code: "card", label: "Card")]
    }

    func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        StartedPayment(
            snapshot: PaymentSnapshot(
                reference: "bench_" + request.paymentID, paymentID: request.paymentID,
                status: .captured, authorized: request.amount, captured: request.amount,
                refunded: .zero(request.amount.currency), version: 1),
            next: .none)
    }

    func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw Self.never }

    func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw Self.never }

    func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot { throw Self.never }

    func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? { nil }

    func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? { nil }

    func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        throw .signatureInvalid
    }

    func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] { [] }

    private static let never = ProviderError.unavailable(
        message: "a bench only sells", retryAfterSeconds: nil)
}

/// One price for every parcel, or one minor unit for each gram.
struct BenchShipping: ShippingProvider {
    private static let field = ConfigurationField(
        "perGram", label: "A minor unit per gram", kind: .bool, fallback: "false")

    static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "bench-shipping", name: "Bench shipping", version: "1",
        fields: [field])

    private static let price: Int64 = 490
    private let isPerGram: Bool

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        isPerGram = settings.text(Self.field) == "true"
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        let price = isPerGram ? Int64(request.parcel.weightGrams) : Self.price
        return [
            ShippingQuote(
                code: "parcel", label: "Parcel", price: Money(price, request.currency), daysMin: 1,
                daysMax: 3)
        ]
    }
}

/// One rate for everything, inside the prices.
struct BenchTax: TaxProvider {
    static let descriptor = ModuleDescriptor(
        kind: .tax, key: "bench-tax", name: "Bench tax", version: "1",
        fields: [ConfigurationField("ratePPM", label: "Rate", kind: .integer, fallback: "190000")])

    private let rate: PartsPerMillion

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        rate = PartsPerMillion(Int64(settings.text(Self.descriptor.fields[0]) ?? "") ?? 190_000)
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine] {
        var lines: [TaxLine] = []
        for line in request.lines {
            do {
                let amount =
                    try line.includesTax ? rate.included(in: line.amount) : rate.of(line.amount)
                let base = try line.includesTax ? line.amount.subtracting(amount) : line.amount
                lines.append(
                    TaxLine(
                        lineID: line.id, jurisdiction: request.destination.country,
                        label: "VAT \(rate.percentText)", rate: rate, base: base, amount: amount,
                        isIncluded: line.includesTax, treatment: .standard, remitter: .seller,
                        source: "bench"))
            } catch {
                throw .invalidRequest(code: "amount", message: "\(error)")
            }
        }
        return lines
    }
}
