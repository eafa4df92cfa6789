import ProviderKit
import Vocabulary

/// A payment module that pays sellers into accounts of their own, which are ready at once, and may
/// take back what it paid. Its money is in a ``TestBank``.
public struct TestAccounts: OrderedBankPayoutProvider {
    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "test-accounts", name: "Test accounts", version: "1",
        capabilities: TestPayments.descriptor.capabilities)

    private let payments: TestPayments
    let bank: TestBank

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        payments = try TestPayments(settings: settings, services: services)
        bank = payments.bank
    }

    public func openAccount(
        _ request: ConnectedAccountRequest, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount { Self.account(request.sellerID) }

    public func onboardingLink(
        _ request: OnboardingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> OnboardingLink {
        OnboardingLink(
            url: "http://127.0.0.1/onboarding/\(context.idempotencyKey)",
            expiresAt: Instant.systemNow.advanced(by: .seconds(300)))
    }

    public func account(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount? {
        guard case .reference(let reference) = key else { return nil }
        return Self.account(String(reference.dropFirst(5)))
    }

    private static func account(_ seller: String) -> ConnectedAccount {
        ConnectedAccount(
            reference: "acct_\(seller)", sellerID: seller, isReady: true, isSubmitted: true,
            asOf: .systemNow)
    }

    public func transfer(
        _ request: AccountTransfer, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        throw .unsupported(operation: "transfers out of a payment")
    }

    public func reverse(
        _ request: TransferReversal, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot {
        try bank.perform("reverse") { state throws(ProviderError) in
            if let known = state.reversals[context.idempotencyKey] { return known }
            guard state.payouts.values.contains(where: { $0.reference == request.transfer }) else {
                throw .invalidRequest(code: "transfer", message: "There is no such transfer.")
            }
            let reversal = ReversalSnapshot(
                reference: "rev_" + context.idempotencyKey, transfer: request.transfer,
                reversalID: request.reversalID, amount: request.amount)
            state.reversals[context.idempotencyKey] = reversal
            state.sentBack += request.amount.amount
            state.book(.payout, request.amount, request.transfer)
            return reversal
        }
    }

    public func lookupReversal(
        _ key: ProviderLookup, of transfer: String, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot? {
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        let found = bank.state.withLock { state in
            switch key {
            case .idempotencyKey(let key): state.reversals[key]
            case .reference(let reference):
                state.reversals.values.first { $0.reference == reference }
            }
        }
        await bank.passTime()
        return found
    }
}

// Everything else is as at the bank.
extension TestAccounts {
    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        try await payments.methods(for: amount, context)
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment { try await payments.start(request, context) }

    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await payments.capture(request, context)
    }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await payments.void(reference: reference, context)
    }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        try await payments.refund(request, context)
    }

    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        try await payments.lookup(key, context)
    }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        try await payments.lookupRefund(key, context)
    }

    public func verify(
        _ delivery: WebhookDelivery
    ) throws(ProviderError) -> VerifiedWebhook { try payments.verify(delivery) }

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        try await payments.events(in: webhook, context)
    }

    public func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot { try await payments.pay(request, context) }

    public func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? {
        try await payments.lookupPayout(key, context)
    }
}
