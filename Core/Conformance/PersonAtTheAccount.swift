import ProviderKit
import Synchronization
import Vocabulary

/// What the kernel does for a module of which a person says what came: it keeps the payments and
/// the receipts, and asks the module what they mean. Stands before the module's counterpart, so
/// that it outlives the module's objects as the kernel's tables do.
final class PersonAtTheAccount: ScriptedCounterpart {
    private struct Kept {
        let key: String
        let paymentID: String
        let amount: Money
        var receipts: [Receipt] = []
        var isEnded = false
        var version: Int64
        var snapshot: PaymentSnapshot
    }

    private struct State {
        /// By reference.
        var payments: [String: Kept] = [:]
        var refunds: [String: RefundSnapshot] = [:]
    }

    let module: any ScriptedCounterpart
    private let state = Mutex(State())

    init(before module: any ScriptedCounterpart) { self.module = module }

    var settings: [String: String] { module.settings }
    var payingMethod: String? { module.payingMethod }
    var decliningMethod: String? { module.decliningMethod }
    var redirectingMethod: String? { module.redirectingMethod }
    var amount: Money { module.amount }
    var sellerDestination: String? { module.sellerDestination }
    var otherSellerDestination: String? { module.otherSellerDestination }

    func answer(_ request: HTTPRequest, at now: Instant) async -> HTTPResponse {
        await module.answer(request, at: now)
    }

    /// What was asked for came, and a person says so.
    func customerPays(_ reference: String) async {
        state.withLock { state in
            guard let amount = state.payments[reference]?.amount else { return }
            state.payments[reference]?.receipts.append(
                Receipt(id: "said:\(reference)", amount: amount, at: .systemNow))
        }
    }

    var books: CounterpartBooks {
        state.withLock { state in
            CounterpartBooks(
                payments: state.payments.values.map(\.snapshot),
                refunds: Array(state.refunds.values)
            )
        }
    }

    func began(_ started: PaymentSnapshot, _ request: PaymentStart, key: String) {
        state.withLock { state in
            guard state.payments[started.reference] == nil else { return }
            state.payments[started.reference] = Kept(
                key: key, paymentID: request.paymentID, amount: request.amount,
                version: started.version, snapshot: started)
        }
    }

    func refunded(_ refund: RefundSnapshot) {
        state.withLock { $0.refunds[refund.reference] = refund }
    }

    /// All that is known of a payment, for the module; nil for one that never was.
    func confirmation(_ key: ProviderLookup, isEnding: Bool = false) -> PaymentConfirmation? {
        state.withLock { state in
            let reference: String? =
                switch key {
                case .reference(let reference): reference
                case .idempotencyKey(let key):
                    state.payments.first { $0.value.key == key }?.key
                }
            guard let reference, var kept = state.payments[reference] else { return nil }
            kept.isEnded = kept.isEnded || isEnding
            kept.version += 1
            state.payments[reference] = kept
            return PaymentConfirmation(
                reference: reference, paymentID: kept.paymentID, amount: kept.amount,
                receipts: kept.receipts, isEnded: kept.isEnded, version: kept.version)
        }
    }

    func settled(_ snapshot: PaymentSnapshot) {
        state.withLock { $0.payments[snapshot.reference]?.snapshot = snapshot }
    }
}

/// The module as the kernel uses it: what nobody can be asked, the person's word answers.
struct ConfirmedPayments: PaymentProvider {
    static var descriptor: ModuleDescriptor {
        ModuleDescriptor(kind: .payment, key: "conformance", name: "Conformance", version: "1")
    }

    private let module: any ConfirmedPaymentProvider
    private let person: PersonAtTheAccount

    init(_ module: any ConfirmedPaymentProvider, _ person: PersonAtTheAccount) {
        self.module = module
        self.person = person
    }

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        throw .unsupported(operation: "making")
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        try await module.check(context)
    }

    func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        try await module.methods(for: amount, context)
    }

    func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        let started = try await module.start(request, context)
        person.began(started.snapshot, request, key: context.idempotencyKey)
        return started
    }

    func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await module.capture(request, context)
    }

    func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        guard let known = person.confirmation(.reference(reference), isEnding: true) else {
            throw .invalidRequest(code: "unknown", message: "there is no such payment")
        }
        return try await settle(known)
    }

    func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        let refund = try await module.refund(request, context)
        person.refunded(refund)
        return refund
    }

    func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        guard let known = person.confirmation(key) else {
            return try await module.lookup(key, context)
        }
        return try await settle(known)
    }

    func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        try await module.lookupRefund(key, context)
    }

    func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        try module.verify(delivery)
    }

    func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        try await module.events(in: webhook, context)
    }

    private func settle(
        _ confirmation: PaymentConfirmation
    ) async throws(ProviderError) -> PaymentSnapshot {
        let snapshot = try await module.confirming(confirmation)
        person.settled(snapshot)
        return snapshot
    }
}
