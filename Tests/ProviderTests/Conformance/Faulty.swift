import ProviderHost
import ProviderKit
import Synchronization
import Vocabulary

/// One thing that is wrong with a module that is sound otherwise.
protocol Flaw: SendableMetatype {
    /// How the cases begin that must fail by it, as `group: name`.
    static var caught: [String] { get }
    /// Cases that have to run before, for those that look at what was heard.
    static var before: [String] { get }
    /// The library of the sound module.
    static var library: String { get }

    static func describe(_ module: inout ModuleDescriptor)
    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices)
    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply
    static func verify(
        _ delivery: WebhookDelivery, _ sound: any PaymentProvider
    ) throws(ProviderError) -> VerifiedWebhook
    static func file(
        _ request: PayoutFileRequest, _ sound: any PayoutFileProvider
    ) throws(ProviderError) -> PayoutFile
    static func confirmed(
        _ payment: PaymentConfirmation, _ sound: any ConfirmedPaymentProvider
    ) throws(ProviderError) -> PaymentSnapshot
    /// Whom it speaks to, when that is not the sound module's counterpart.
    static func counterpart(_ sound: any ScriptedCounterpart) -> any ScriptedCounterpart
}

extension Flaw {
    static var before: [String] { [] }
    static var library: String { "SandboxPayments" }
    static func describe(_ module: inout ModuleDescriptor) {}
    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {}
    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply { try await sound.ask(question, context) }
    static func verify(
        _ delivery: WebhookDelivery, _ sound: any PaymentProvider
    ) throws(ProviderError) -> VerifiedWebhook { try sound.verify(delivery) }
    static func file(
        _ request: PayoutFileRequest, _ sound: any PayoutFileProvider
    ) throws(ProviderError) -> PayoutFile { try sound.file(request) }
    static func confirmed(
        _ payment: PaymentConfirmation, _ sound: any ConfirmedPaymentProvider
    ) throws(ProviderError) -> PaymentSnapshot { try sound.confirmed(payment) }
    static func counterpart(_ sound: any ScriptedCounterpart) -> any ScriptedCounterpart { sound }

    static var module: ModuleFile { try! ModuleFile.load("\(productsFolder)/lib\(library).so") }
    static var export: ModuleExport { ModuleExport(Faulty<Self>.self) }
    static var counterpartExport: CounterpartExport? {
        module.counterpart.map { sound in CounterpartExport { counterpart(sound.make()) } }
    }
}

/// The sound module's object under a flaw, and what the flaw remembers in it.
struct Sound: Sendable {
    final class Memory: Sendable {
        let words = Mutex<Set<String>>([])
    }

    let line: LocalLine
    let memory = Memory()

    func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply { try await line.ask(question, context) }

    func remember(_ word: String) { memory.words.withLock { _ = $0.insert(word) } }
    func remembers(_ word: String) -> Bool { memory.words.withLock { $0.contains(word) } }
}

/// A sound module with a flaw.
struct Faulty<F: Flaw>:
    ConfirmedPaymentProvider, PayoutFileProvider, BalanceProvider, ShippingProvider, TaxProvider
{
    static var descriptor: ModuleDescriptor {
        var module = F.module.module.descriptor
        F.describe(&module)
        return module
    }

    let inner: any Provider
    let sound: Sound

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        var (settings, services) = (settings, services)
        F.prepare(&settings, &services)
        inner = try F.module.module.make(settings, services)
        sound = Sound(line: LocalLine(inner))
    }

    var asPayment: (any PaymentProvider)? { inner.asPayment == nil ? nil : self }
    var asConfirmedPayments: (any ConfirmedPaymentProvider)? {
        inner.asConfirmedPayments == nil ? nil : self
    }
    var asPayouts: (any PayoutProvider)? { inner.asPayouts == nil ? nil : self }
    var asPayoutFiles: (any PayoutFileProvider)? { inner.asPayoutFiles == nil ? nil : self }
    var asBalance: (any BalanceProvider)? { inner.asBalance == nil ? nil : self }
    var asShipping: (any ShippingProvider)? { inner.asShipping == nil ? nil : self }
    var asTax: (any TaxProvider)? { inner.asTax == nil ? nil : self }

    func ask<Answer>(
        _ question: ProviderQuestion, _ context: OperationContext,
        _ reading: (ProviderReply) -> Answer?
    ) async throws(ProviderError) -> Answer {
        guard let answer = reading(try await F.ask(question, context, sound)) else {
            throw .unsupported(operation: "another question")
        }
        return answer
    }

    private func payment(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await ask(question, context) { if case .payment(let it) = $0 { it } else { nil } }
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        try await ask(.check, context) { if case .problems(let it) = $0 { it } else { nil } }
    }

    func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        try await ask(.methods(amount: amount), context) {
            if case .methods(let it) = $0 { it } else { nil }
        }
    }

    func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        try await ask(.start(request: request), context) {
            if case .started(let it) = $0 { it } else { nil }
        }
    }

    func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await payment(.capture(request: request), context)
    }

    func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await payment(.void(reference: reference), context)
    }

    func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        try await ask(.refund(request: request), context) {
            if case .refund(let it) = $0 { it } else { nil }
        }
    }

    func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        try await ask(.lookup(key: key), context) {
            if case .payment(let it) = $0 { .some(it) } else { nil }
        }
    }

    func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        try await ask(.lookupRefund(key: key), context) {
            if case .refund(let it) = $0 { .some(it) } else { nil }
        }
    }

    func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        guard let inner = inner.asPayment else { throw .signatureInvalid }
        return try F.verify(delivery, inner)
    }

    func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        try await ask(.events(webhook: webhook), context) {
            if case .events(let it) = $0 { it } else { nil }
        }
    }
}

extension Faulty {
    func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        try await ask(.pay(request: request), context) {
            if case .payout(let it) = $0 { it } else { nil }
        }
    }

    func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? {
        try await ask(.lookupPayout(key: key), context) {
            if case .payout(let it) = $0 { .some(it) } else { nil }
        }
    }

    func confirmed(
        _ payment: PaymentConfirmation
    ) throws(ProviderError) -> PaymentSnapshot {
        guard let inner = inner.asConfirmedPayments else {
            throw .unsupported(operation: "confirmation")
        }
        return try F.confirmed(payment, inner)
    }

    func file(_ request: PayoutFileRequest) throws(ProviderError) -> PayoutFile {
        guard let inner = inner.asPayoutFiles else { throw .unsupported(operation: "files") }
        return try F.file(request, inner)
    }

    func balance(
        from: Instant, until: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BalancePage {
        try await ask(.balance(from: from, until: until, cursor: cursor), context) {
            if case .balance(let it) = $0 { it } else { nil }
        }
    }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        try await ask(.quotes(request: request), context) {
            if case .quotes(let it) = $0 { it } else { nil }
        }
    }

    func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine] {
        try await ask(.calculate(request: request), context) {
            if case .taxes(let it) = $0 { it } else { nil }
        }
    }
}
