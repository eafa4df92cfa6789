public import Logging
public import ProviderKit
import Vocabulary

/// One live provider instance in its host: the module's object, its circuit breaker and its log.
public struct ProviderGuard: Sendable {
    public let descriptor: ModuleDescriptor
    let provider: any Provider
    let call: ProviderCall

    /// Puts `provider` behind a guard of its own.
    public init(
        _ provider: any Provider, _ descriptor: ModuleDescriptor, instanceID: String,
        logger: Logger
    ) {
        self.descriptor = descriptor
        self.provider = provider
        call = ProviderCall(
            instanceID: instanceID, moduleKey: descriptor.key, breaker: CircuitBreaker(),
            logger: logger)
    }

    /// Whether calls are held back because it does not answer.
    public var isDown: Bool { call.breaker.openUntil.map { $0 > .systemNow } ?? false }

    /// What is wrong with credentials and settings, one sentence each. Goes out even while the
    /// circuit breaker is open, because it is how a person finds out.
    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        let probe = ProviderCall(
            instanceID: call.instanceID, moduleKey: call.moduleKey, breaker: CircuitBreaker(),
            logger: call.logger)
        return try await probe.perform("check", .none, context) {
            [provider] () throws(ProviderError) in try await provider.check(context)
        }
    }

    /// Nil when it is no payment provider.
    public var payment: GuardedPayment? {
        (provider as? any PaymentProvider).map {
            GuardedPayment(descriptor: descriptor, provider: $0, call: call)
        }
    }

    /// Nil when it is no shipping provider.
    public var shipping: GuardedShipping? {
        (provider as? any ShippingProvider).map {
            GuardedShipping(descriptor: descriptor, provider: $0, call: call)
        }
    }

    /// Nil when it is no tax provider.
    public var tax: GuardedTax? {
        (provider as? any TaxProvider).map {
            GuardedTax(descriptor: descriptor, provider: $0, call: call)
        }
    }
}
