public import ProviderKit

/// A shipping provider behind the host's guard.
public struct GuardedShipping: Sendable {
    public let descriptor: ModuleDescriptor
    let provider: any ShippingProvider
    let call: ProviderCall

    /// See `ShippingProvider.quotes`.
    public func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        try await call.perform(
            "quotes", .none, context, sanity: { Sanity.problem(with: $0, for: request) },
            { [provider] () throws(ProviderError) in
                try await provider.quotes(for: request, context)
            })
    }
}

/// A tax provider behind the host's guard.
public struct GuardedTax: Sendable {
    public let descriptor: ModuleDescriptor
    let provider: any TaxProvider
    let call: ProviderCall

    /// See `TaxProvider.calculate`; every line has at least one tax line, and they add up.
    public func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine] {
        try await call.perform(
            "calculate", .none, context, sanity: { Sanity.problem(with: $0, for: request) },
            { [provider] () throws(ProviderError) in try await provider.calculate(request, context)
            })
    }
}
