public import ProviderKit
public import Vocabulary

/// Each throws `unsupported` when the provider cannot be asked for disputes.
extension GuardedPayment {
    /// Whether it can be asked for disputes.
    public var listsDisputes: Bool { call.line.roles.contains(.disputes) }

    /// A page of the disputes that were opened from `since` on. One that cannot be believed is
    /// named among the unreadable, and the others are told all the same.
    public func disputes(
        since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> DisputePage {
        try requireDisputes()
        var page = try await call.perform(
            .disputes(since: since, cursor: cursor), "disputes", .none, context,
            as: { if case .disputes(let page) = $0 { page } else { nil } },
            sanity: { Sanity.problem(with: $0, after: cursor) })
        var believed: [DisputeSnapshot] = []
        for dispute in page.disputes {
            if let problem = Sanity.problem(with: dispute) {
                page.unreadable.append(
                    UnreadableDispute(reference: dispute.reference, problem: problem))
            } else {
                believed.append(dispute)
            }
        }
        page.disputes = believed
        return page
    }

    /// - Throws: `invalidRequest` with ``UnreadableDispute/code`` for one that cannot be believed:
    ///   that says nothing of the provider's other answers.
    public func lookupDispute(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot? {
        try requireDisputes()
        let found: DisputeSnapshot? = try await call.perform(
            .lookupDispute(reference: reference), "lookupDispute", .none, context,
            as: { if case .dispute(let snapshot) = $0 { .some(snapshot) } else { nil } },
            sanity: { found in
                guard let found, found.reference != reference else { return nil }
                return "it is about another dispute"
            })
        if let found, let problem = Sanity.problem(with: found) {
            throw .invalidRequest(code: UnreadableDispute.code, message: problem)
        }
        return found
    }

    private func requireDisputes() throws(ProviderError) {
        guard listsDisputes else { throw .unsupported(operation: "disputes") }
    }
}

extension Sanity {
    /// Each of a page is written under a lock of its own.
    static let disputePageMax = 100

    package static func problem(with page: DisputePage, after cursor: String?) -> String? {
        guard page.disputes.count + page.unreadable.count <= disputePageMax else {
            return "a page without end"
        }
        if let problem = problem(withNext: page.next, after: cursor) { return problem }
        // Whoever has a reference can look it up there; without one nobody can.
        let references = page.disputes.map(\.reference) + page.unreadable.map(\.reference)
        guard references.allSatisfy({ (1...referenceBytesMax).contains($0.utf8.count) }) else {
            return "a dispute without a reference"
        }
        return (references + page.unreadable.map(\.problem)).lazy.compactMap { words($0) }.first
    }
}
