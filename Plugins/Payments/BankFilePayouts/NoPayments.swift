import ProviderKit
import Vocabulary

// It takes no payments: nothing is offered to customers, and nothing can be asked.
extension BankFilePayouts {
    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] { [] }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment { throw .unsupported(operation: "payments") }

    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw .unsupported(operation: "payments") }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw .unsupported(operation: "payments") }

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
