import ProviderKit
import SandboxPayments
import Vocabulary

/// A wallet at the sandbox bank: another module than the cards, to try swapping one for the other.
public struct SandboxWallet: PayoutProvider, BalanceProvider {
    public static let descriptor: ModuleDescriptor = {
        var cards = SandboxPayments.descriptor
        cards.key = "sandbox-wallet"
        cards.name = "Sandbox wallet"
        cards.summary = "A wallet at the sandbox bank, to swap with its cards; no money moves."
        return cards
    }()

    private static let names = [
        "tok_visa": "Test wallet", "tok_3ds": "Test wallet: asks for confirmation",
        "tok_delayed": "Test wallet: works some time later",
    ]

    private let bank: SandboxPayments

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        bank = try SandboxPayments(settings: settings, services: services)
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        try await bank.check(context)
    }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        try await bank.methods(for: amount, context).compactMap { card in
            Self.names[card.code].map { PaymentMethod(code: card.code, label: $0) }
        }
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment { try await bank.start(request, context) }

    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { try await bank.capture(request, context) }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await bank.void(reference: reference, context)
    }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot { try await bank.refund(request, context) }

    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? { try await bank.lookup(key, context) }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? { try await bank.lookupRefund(key, context) }

    public func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot { try await bank.pay(request, context) }

    public func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? { try await bank.lookupPayout(key, context) }

    public func balance(
        from: Instant, until: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BalancePage {
        try await bank.balance(from: from, until: until, after: cursor, context)
    }

    public func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        try bank.verify(delivery)
    }

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] { try await bank.events(in: webhook, context) }
}

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    exportModule(SandboxWallet.self)
}
@_cdecl("guildhall_counterpart") public func counterpart() -> UnsafeMutableRawPointer {
    exportCounterpart { SandboxPayments.counterpart() }
}
