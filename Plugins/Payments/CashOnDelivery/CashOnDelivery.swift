import ProviderKit
import Vocabulary

/// Payments in cash to whoever hands over the things: the order goes ahead on a promise, and the
/// seller, who gets the money, says that it came.
public struct CashOnDelivery: ConfirmedPaymentProvider {
    static let currencies = ConfigurationField(
        "currencies", label: "Currencies", help: "Codes with commas between.", fallback: "EUR")
    static let most = ConfigurationField(
        "most", label: "Largest amount", help: "In whole units, such as 500. Empty: any.")

    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "cash-on-delivery", name: "Cash on delivery", version: "1.0",
        summary: "The customer pays the seller when the things are handed over.",
        fields: [currencies, most],
        capabilities: [.directToSeller, .confirmedByPerson, .paidOnDelivery, .delayedResult])

    let currencies: Set<Currency>
    /// In whole units, as typed; read for each currency.
    let most: String?

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        var known: Set<Currency> = []
        for code in try settings.required(Self.currencies).split(whereSeparator: {
            ", ".contains($0)
        }) {
            guard let currency = Currency(String(code)) else {
                throw .misconfigured(message: "\(code.prefix(8)) is not a known currency.")
            }
            known.insert(currency)
        }
        currencies = known
        most = settings.text(Self.most)
        guard let most else { return }
        guard known.allSatisfy({ Money(decimal: most, $0)?.isPositive ?? false }) else {
            throw .misconfigured(message: "The largest amount is no amount.")
        }
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        takes(amount) ? [PaymentMethod(code: "cash", label: "Cash on delivery")] : []
    }

    private func takes(_ amount: Money) -> Bool {
        guard currencies.contains(amount.currency) else { return false }
        guard let limit = most.flatMap({ Money(decimal: $0, amount.currency) }) else { return true }
        return amount.amount <= limit.amount
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        guard request.method == "cash", takes(request.amount), request.shares.count == 1 else {
            throw .invalidRequest(code: "method", message: "There is no such way to pay.")
        }
        guard request.capture == .now else { throw .unsupported(operation: "capture later") }
        guard (1...Money.amountMax).contains(request.amount.amount) else {
            throw .invalidRequest(code: "amount", message: "This amount is not possible.")
        }
        return StartedPayment(
            snapshot: try confirmed(
                PaymentConfirmation(
                    reference: "cash-\(request.paymentID)", paymentID: request.paymentID,
                    amount: request.amount, receipts: [], version: 1)))
    }

    public func confirmed(
        _ payment: PaymentConfirmation
    ) throws(ProviderError) -> PaymentSnapshot {
        let isPaid = try payment.received().amount >= payment.amount.amount
        let zero = Money.zero(payment.amount.currency)
        let isPromised = !isPaid && !payment.isEnded
        return PaymentSnapshot(
            reference: payment.reference, paymentID: payment.paymentID,
            status: isPaid ? .captured : isPromised ? .authorized : .voided,
            authorized: isPaid || isPromised ? payment.amount : zero,
            captured: isPaid ? payment.amount : zero, refunded: zero, version: payment.version)
    }
}

// Nobody can be asked, nobody tells us, and the money is in the seller's hands.
extension CashOnDelivery {
    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw .unsupported(operation: "capture") }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw .unsupported(operation: "void") }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot { throw .unsupported(operation: "refunds") }

    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? { nil }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? { nil }

    public func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        throw .signatureInvalid
    }

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] { [] }
}
