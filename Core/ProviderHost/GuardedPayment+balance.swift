import ProviderKit
import Vocabulary

extension GuardedPayment {
    /// Whether it shows its own books of our account.
    public var showsBalance: Bool { call.line.roles.contains(.balance) }

    /// A page of the provider's own books.
    /// - Throws: `unsupported` when the provider does not show them.
    public func balance(
        from: Instant, until: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BalancePage {
        guard showsBalance else { throw .unsupported(operation: "balance") }
        return try await call.perform(
            .balance(from: from, until: until, cursor: cursor), "balance", .none, context,
            as: { if case .balance(let page) = $0 { page } else { nil } },
            sanity: { Sanity.problem(with: $0, from: from, until: until, after: cursor) })
    }
}

extension Sanity {
    /// Where a list goes on after `cursor`; nil where it has ended.
    static func problem(withNext next: String?, after cursor: String?) -> String? {
        guard let next else { return nil }
        return next == cursor || reference(next) != nil ? "the list does not go on" : nil
    }

    /// A page that is larger would be held in memory for nothing.
    static let balancePageMax = 1000

    package static func problem(
        with page: BalancePage, from: Instant, until: Instant, after cursor: String?
    ) -> String? {
        guard page.entries.count <= balancePageMax else { return "a page without end" }
        if let problem = problem(withNext: page.next, after: cursor) { return problem }
        guard Set(page.entries.map(\.id)).count == page.entries.count else {
            return "a line comes twice"
        }
        for entry in page.entries {
            if let problem = reference(entry.id) ?? reference(entry.reference) { return problem }
            let amounts = [entry.gross, entry.fee, entry.net]
            guard Set(amounts.map(\.currency)).count == 1 else { return "several currencies" }
            guard amounts.allSatisfy({ $0.amount.magnitude <= Money.amountMax }) else {
                return "an absurd amount"
            }
            guard entry.gross.amount - entry.fee.amount == entry.net.amount else {
                return "gross, fee and net do not add up"
            }
            guard entry.at >= from, entry.at < until else { return "a line of another time" }
        }
        return nil
    }
}
