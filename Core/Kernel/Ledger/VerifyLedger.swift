import Vocabulary

/// What a recomputation of all the books found.
public struct LedgerReport: Sendable {
    /// Each check with the rows that are at fault; none when all is well.
    public let checks: [LedgerCheck]
    /// How many transactions and entries were gone through.
    public let transactions: Int64
    public let entries: Int64

    public var isClean: Bool { checks.allSatisfy(\.culprits.isEmpty) }
    /// Rows at fault, as far as each check lists them.
    public var differences: Int { checks.reduce(0) { $0 + $1.culprits.count } }
}

/// One thing that must hold, and where it does not.
public struct LedgerCheck: Sendable {
    public let claim: String
    /// At most ``culpritsMax``, in words.
    public let culprits: [String]

    /// Enough to see what went wrong.
    public static let culpritsMax = 20
}

/// What a recomputation goes through.
public enum LedgerScope: Sendable {
    /// The books, and everything that they tell of.
    case everything
    /// Only that the books are right in themselves.
    case books

    var checks: [LedgerCheckStore.Check] {
        switch self {
        case .everything: LedgerCheckStore.checks
        case .books: LedgerCheckStore.booksChecks
        }
    }
}

extension Marketplace {
    /// Recomputes the books from their entries and compares them with everything that they tell
    /// of: balances, orders, payments, refunds and payouts, to the minor unit.
    ///
    /// All checks see the same moment. Reads every entry: for the command and the worker.
    /// - Parameter reached: hears before each check how many of how many are done, outside of the
    ///   transaction in which they are.
    public func verifyLedger(
        of scope: LedgerScope = .everything,
        _ reached: @Sendable (_ done: Int, _ of: Int) async throws -> Void = { _, _ in }
    ) async throws -> LedgerReport {
        try await database.transaction(
            isolation: .repeatableRead, statementDeadline: .seconds(600)
        ) { tx in
            let store = LedgerCheckStore(db: tx)
            var checks: [LedgerCheck] = []
            for check in scope.checks {
                try await reached(checks.count, scope.checks.count)
                checks.append(
                    LedgerCheck(claim: check.claim, culprits: try await store.run(check.culprits)))
            }
            let size = try await store.size()
            return LedgerReport(
                checks: checks, transactions: size.transactions, entries: size.entries)
        }
    }
}
