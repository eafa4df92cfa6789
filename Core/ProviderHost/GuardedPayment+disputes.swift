public import ProviderKit
public import Vocabulary

/// Each throws `unsupported` when the provider cannot be asked for disputes.
extension GuardedPayment {
    /// Whether it can be asked for disputes.
    public var listsDisputes: Bool { call.line.roles.contains(.disputes) }

    /// A page of the disputes that were opened from `since` on.
    public func disputes(
        since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> DisputePage {
        try requireDisputes()
        return try await call.perform(
            .disputes(since: since, cursor: cursor), "disputes", .none, context,
            as: { if case .disputes(let page) = $0 { page } else { nil } },
            sanity: { Sanity.problem(with: $0, after: cursor) })
    }

    public func lookupDispute(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot? {
        try requireDisputes()
        return try await call.perform(
            .lookupDispute(reference: reference), "lookupDispute", .none, context,
            as: { if case .dispute(let snapshot) = $0 { .some(snapshot) } else { nil } },
            sanity: { found in
                guard let found else { return nil }
                guard found.reference == reference else { return "it is about another dispute" }
                return Sanity.problem(with: found)
            })
    }

    private func requireDisputes() throws(ProviderError) {
        guard listsDisputes else { throw .unsupported(operation: "disputes") }
    }
}

extension Sanity {
    /// Each of a page is written under a lock of its own.
    static let disputePageMax = 100

    package static func problem(with page: DisputePage, after cursor: String?) -> String? {
        guard page.disputes.count <= disputePageMax else { return "a page without end" }
        if let next = page.next {
            let isCursor = (1...referenceBytesMax).contains(next.utf8.count)
            guard isCursor, next != cursor else { return "the list does not go on" }
        }
        return page.disputes.lazy.compactMap { problem(with: $0) }.first
    }
}
