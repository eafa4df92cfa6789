import ProviderKit
import Vocabulary

/// A payment module that gives a payment back as a whole or not at all. Its money is in a
/// ``TestBank``.
public struct TestWhole: PaymentProvider {
    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "test-whole", name: "Test cheques", version: "1",
        capabilities: [.redirect, .delayedResult])

    private let payments: TestPayments

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        payments = try TestPayments(settings: settings, services: services)
    }

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
}
