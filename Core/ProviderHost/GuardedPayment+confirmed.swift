public import ProviderKit

extension GuardedPayment {
    /// Whether a person says that the money came.
    public var isConfirmedByPerson: Bool { provider is any ConfirmedPaymentProvider }

    /// How a payment stands by what a person said.
    /// - Throws: `unsupported` when the provider knows it itself.
    public func confirmed(
        _ payment: PaymentConfirmation, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        guard let provider = provider as? any ConfirmedPaymentProvider else {
            throw .unsupported(operation: "confirmation")
        }
        return try await call.perform(
            "confirmed", .none, context,
            sanity: {
                Sanity.problem(
                    with: $0, reference: payment.reference, currency: payment.amount.currency)
            },
            { () throws(ProviderError) in try provider.confirmed(payment) })
    }
}
