public import ProviderKit

extension GuardedPayment {
    /// - Throws: `unsupported` when the provider does not pay out.
    public func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        guard paysOut else { throw .unsupported(operation: "payouts") }
        return try await call.perform(
            .pay(request: request), "pay", .money, context,
            as: { if case .payout(let snapshot) = $0 { snapshot } else { nil } },
            sanity: { Sanity.problem(with: $0, amount: request.amount) })
    }

    /// - Throws: `unsupported` when the provider does not pay out.
    public func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? {
        guard paysOut else { throw .unsupported(operation: "payouts") }
        return try await call.perform(
            .lookupPayout(key: key), "lookupPayout", .none, context,
            as: { if case .payout(let snapshot) = $0 { .some(snapshot) } else { nil } },
            sanity: { $0.flatMap { Sanity.problem(with: $0, amount: $0.amount) } })
    }

    /// - Throws: `unsupported` when it writes no files; `invalidRequest`, `declined` for what
    ///   cannot stand in one.
    public func file(_ request: PayoutFileRequest) async throws(ProviderError) -> PayoutFile {
        guard writesFiles else { throw .unsupported(operation: "payout files") }
        let context = OperationContext(key: "file:\(request.fileID)", within: .seconds(20))
        return try await call.unbroken.perform(
            .file(request: request), "file", .none, context,
            as: { if case .file(let file) = $0 { file } else { nil } },
            sanity: { Sanity.problem(with: $0) })
    }
}
