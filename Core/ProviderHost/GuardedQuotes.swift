public import ProviderKit

/// A shipping provider behind the host's guard.
public struct GuardedShipping: Sendable {
    public let descriptor: ModuleDescriptor
    let call: ProviderCall

    /// See `ShippingProvider.quotes`.
    public func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        try await call.perform(
            .quotes(request: request), "quotes", .none, context,
            as: { if case .quotes(let list) = $0 { list } else { nil } },
            sanity: { Sanity.problem(with: $0, for: request) })
    }

    /// The same for somebody who may do without: what comes too late for them says nothing about
    /// the provider, and never keeps it from those who check out.
    public func estimate(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        var aside = call.unbroken
        aside.tally = nil
        return try await aside.perform(
            .quotes(request: request), "estimate", .none, context,
            as: { if case .quotes(let list) = $0 { list } else { nil } },
            sanity: { Sanity.problem(with: $0, for: request) })
    }
}

/// A tax provider behind the host's guard.
public struct GuardedTax: Sendable {
    public let descriptor: ModuleDescriptor
    let call: ProviderCall

    /// See `TaxProvider.calculate`; every line has at least one tax line, and they add up.
    public func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine] {
        try await call.perform(
            .calculate(request: request), "calculate", .none, context,
            as: { if case .taxes(let lines) = $0 { lines } else { nil } },
            sanity: { Sanity.problem(with: $0, for: request) })
    }
}
