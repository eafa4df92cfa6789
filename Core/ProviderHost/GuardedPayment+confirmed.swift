public import ProviderKit

extension GuardedPayment {
    /// Whether a person says that the money came.
    public var isConfirmedByPerson: Bool { call.line.roles.contains(.confirmedPayments) }

    /// How a payment stands by what a person said.
    /// - Throws: `unsupported` when the provider knows it itself.
    public func confirmed(
        _ payment: PaymentConfirmation, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        guard isConfirmedByPerson else { throw .unsupported(operation: "confirmation") }
        return try await call.perform(
            .confirmed(payment: payment), "confirmed", .none, context,
            as: { if case .payment(let snapshot) = $0 { snapshot } else { nil } },
            sanity: {
                Sanity.problem(
                    with: $0, reference: payment.reference, currency: payment.amount.currency)
            })
    }
}
