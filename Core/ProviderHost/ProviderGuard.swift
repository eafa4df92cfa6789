public import Logging
public import ProviderKit
import Vocabulary

/// One live provider instance in its host: the line to it, its circuit breaker and its log.
public struct ProviderGuard: Sendable {
    public let descriptor: ModuleDescriptor
    let call: ProviderCall

    /// Puts what is at the end of `line` behind a guard of its own.
    public init(
        _ line: any ProviderLine, _ descriptor: ModuleDescriptor, instanceID: String,
        logger: Logger, tally: CallTally? = nil
    ) {
        self.descriptor = descriptor
        call = ProviderCall(
            instanceID: instanceID, moduleKey: descriptor.key, line: line,
            breaker: CircuitBreaker(), logger: logger, tally: tally)
    }

    /// Puts an object of this process behind a guard of its own.
    public init(
        _ provider: any Provider, _ descriptor: ModuleDescriptor, instanceID: String,
        logger: Logger, tally: CallTally? = nil
    ) {
        self.init(
            LocalLine(provider), descriptor, instanceID: instanceID, logger: logger, tally: tally)
    }

    /// Whether calls are held back because it does not answer.
    public var isDown: Bool { call.breaker.isHoldingBack }

    /// What is wrong with credentials and settings, one sentence each. Goes out even while the
    /// circuit breaker is open, because it is how a person finds out.
    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        try await call.unbroken.perform(
            .check, "check", .none, context,
            as: { if case .problems(let sentences) = $0 { sentences } else { nil } },
            sanity: { Sanity.problem(with: $0) })
    }

    /// Nil when it is no payment provider.
    public var payment: GuardedPayment? {
        call.line.roles.contains(.payment)
            ? GuardedPayment(descriptor: descriptor, call: call) : nil
    }

    /// Nil when it is no shipping provider.
    public var shipping: GuardedShipping? {
        call.line.roles.contains(.shipping)
            ? GuardedShipping(descriptor: descriptor, call: call) : nil
    }

    /// Nil when it is no tax provider.
    public var tax: GuardedTax? {
        call.line.roles.contains(.tax) ? GuardedTax(descriptor: descriptor, call: call) : nil
    }
}
