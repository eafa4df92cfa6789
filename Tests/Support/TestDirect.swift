import ProviderKit
import Vocabulary

/// A payment module whose payments go to the seller's own address and never touch the platform.
/// What ``TestBank`` holds of it is what sellers got.
public struct TestDirect: PaymentProvider {
    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "test-direct", name: "Test wallets", version: "1",
        capabilities: [.directToSeller, .delayedResult])

    private let payments: TestPayments
    private let bank: TestBank

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        payments = try TestPayments(settings: settings, services: services)
        bank = payments.bank
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        [PaymentMethod(code: "card", label: "Wallet")]
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        guard request.shares.count == 1, request.shares[0].destination != nil else {
            throw .invalidRequest(code: "destination", message: "One seller is paid.")
        }
        return try await payments.start(request, context)
    }

    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        throw .unsupported(operation: "capture")
    }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await payments.void(reference: reference, context)
    }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        throw .unsupported(operation: "refund")
    }

    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        try await payments.lookup(key, context)
    }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? { nil }

    public func verify(
        _ delivery: WebhookDelivery
    ) throws(ProviderError) -> VerifiedWebhook { try payments.verify(delivery) }

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        try await payments.events(in: webhook, context)
    }
}
