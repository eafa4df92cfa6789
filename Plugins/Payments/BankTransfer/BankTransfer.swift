import ProviderKit
import Vocabulary

/// Payments to the platform's own bank account, each with a reference of its own. That the money
/// came, a person says who reads the bank's statement.
public struct BankTransfer: ConfirmedPaymentProvider {
    static let holder = ConfigurationField(
        "holder", label: "Account holder", required: true, help: "As the bank has it.")
    static let iban = ConfigurationField(
        "iban", label: "IBAN", required: true, help: "Where the customers' money goes.")
    static let bic = ConfigurationField(
        "bic", label: "BIC", help: "For customers whose bank asks for it.")
    static let currencies = ConfigurationField(
        "currencies", label: "Currencies", help: "Codes with commas between.", fallback: "EUR")
    static let days = ConfigurationField(
        "days", label: "Days to pay", kind: .integer,
        help: "1 to 30. Then the order is cancelled and its things are for sale again.",
        fallback: "7")

    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "bank-transfer", name: "Bank transfer", version: "1.0",
        summary: "The customer pays into your bank account; an administrator confirms it.",
        fields: [holder, iban, bic, currencies, days],
        capabilities: [.confirmedByPerson, .delayedResult, .partialRefund])

    let holder: String
    let iban: AccountNumber
    let bic: BankCode?
    let currencies: Set<Currency>
    let days: Int
    let now: @Sendable () -> Instant

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        holder = try settings.required(Self.holder)
        // The EPC's guideline leaves the name 70 characters, each on one line.
        guard holder.count <= 70, !holder.contains(where: \.isNewline) else {
            throw .misconfigured(message: "The account holder has at most 70 characters.")
        }
        guard let iban = AccountNumber(iban: try settings.required(Self.iban)) else {
            throw .misconfigured(message: "The IBAN is not complete, or has a typing error.")
        }
        self.iban = iban
        let code = settings.text(Self.bic)
        bic = code.flatMap { BankCode(bic: $0) }
        guard code == nil || bic != nil else {
            throw .misconfigured(message: "A BIC has 8 or 11 letters and digits.")
        }
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
        guard let days = Int(try settings.required(Self.days)), (1...30).contains(days) else {
            throw .misconfigured(message: "The days to pay are 1 to 30.")
        }
        self.days = days
        now = services.now
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        guard currencies.contains(amount.currency) else { return [] }
        return [PaymentMethod(code: "transfer", label: "Bank transfer")]
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        guard request.method == "transfer", currencies.contains(request.amount.currency) else {
            throw .invalidRequest(code: "method", message: "There is no such way to pay.")
        }
        guard request.capture == .now else { throw .unsupported(operation: "capture later") }
        guard (1...Money.amountMax).contains(request.amount.amount) else {
            throw .invalidRequest(code: "amount", message: "This amount is not possible.")
        }
        guard let reference = Self.reference(request.paymentID) else {
            throw .invalidRequest(code: "payment", message: "The payment has no id.")
        }
        let waiting = try confirmed(
            PaymentConfirmation(
                reference: reference.text, paymentID: request.paymentID, amount: request.amount,
                receipts: [], version: 1))
        var lines = [
            Instruction(label: "Account holder", value: holder),
            Instruction(label: "IBAN", value: iban.grouped),
        ]
        if let bic { lines.append(Instruction(label: "BIC", value: bic.text)) }
        lines.append(Instruction(label: "Amount", value: "\(request.amount)"))
        lines.append(Instruction(label: "Reference", value: reference.grouped))
        if let code = transferCode(request.amount, reference) {
            lines.append(
                Instruction(label: "For your banking app", value: code, form: .code))
        }
        return StartedPayment(
            snapshot: waiting, next: .instructions(lines), payUntil: now().advanced(days: days))
    }

    public func confirmed(
        _ payment: PaymentConfirmation
    ) throws(ProviderError) -> PaymentSnapshot {
        let isPaid = try payment.received().amount >= payment.amount.amount
        let taken = isPaid ? payment.amount : .zero(payment.amount.currency)
        return PaymentSnapshot(
            reference: payment.reference, paymentID: payment.paymentID,
            status: isPaid ? .captured : payment.isEnded ? .voided : .requiresAction,
            authorized: taken, captured: taken, refunded: .zero(taken.currency),
            version: payment.version)
    }

    /// A person sends the money back from the same account, and says so.
    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        RefundSnapshot(
            reference: "back-\(request.refundID)", paymentReference: request.reference,
            refundID: request.refundID, status: .pending, amount: request.amount, version: 1)
    }

    /// Ten letters and digits of the payment's id, told apart by ear: 50 bits, so that two payments
    /// of a market's life do not meet, and if they did the second would be refused.
    static func reference(_ paymentID: String) -> CreditorReference? {
        guard !paymentID.isEmpty else { return nil }
        let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let hash = sha256(Array("guildhall bank-transfer \(paymentID)".utf8))
        return CreditorReference(body: String(hash.prefix(10).map { letters[Int($0 & 31)] }))
    }

    /// What banking apps read from a QR code; nil where no SEPA transfer is possible.
    ///
    /// Source: EPC069-12, "Quick Response code: guidelines to enable data capture for the
    /// initiation of a SEPA credit transfer", version 002.
    func transferCode(_ amount: Money, _ reference: CreditorReference) -> String? {
        guard amount.currency == .eur, (1...99_999_999_999).contains(amount.amount) else {
            return nil
        }
        return [
            "BCD", "002", "1", "SCT", bic?.text ?? "", holder, iban.text,
            "EUR\(amount.decimalText)", "", reference.text,
        ].joined(separator: "\n")
    }
}

// What no account can do: nothing is reserved, and nobody can be asked or tells us.
extension BankTransfer {
    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw .unsupported(operation: "capture") }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw .unsupported(operation: "void") }

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
