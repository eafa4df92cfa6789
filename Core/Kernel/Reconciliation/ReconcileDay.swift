import ProviderKit
import Vocabulary

/// What comparing one day of a provider's books with ours found.
public struct ReconciliationRun: Sendable {
    public let id: Int64
    public let instance: ID<ProviderInstance>
    public let instanceName: String
    public let day: Day
    public let at: Instant
    /// Lines of either side that have their counterpart.
    public let matched: Int
    public let unmatched: Int
    /// Whether no later comparison of the same day took its place.
    public let isNewest: Bool
    /// At most ``faultsMax``.
    public let faults: [ReconciliationFault]

    /// Enough to see what went wrong; more is one cause.
    public static let faultsMax = 500

    public var isClean: Bool { unmatched == 0 }
}

/// Why books were not compared.
public enum ReconciliationRefusal: Refusal, CaseIterable {
    case notShown, notBegun, tooLong

    public var code: String {
        switch self {
        case .notShown: "reconciliation.not-shown"
        case .notBegun: "reconciliation.not-begun"
        case .tooLong: "reconciliation.too-long"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .notShown: .conflict
        case .notBegun: .invalid
        case .tooLong: .tooLarge
        }
    }

    public var explanation: String {
        switch self {
        case .notShown: "This provider does not show its own books."
        case .notBegun: "This day has not begun yet."
        case .tooLong: "The provider's list for this day does not end."
        }
    }

    public var field: String? { self == .notBegun ? "day" : nil }
}

/// Which comparisons are asked for: of an instance, of a day, or all.
public struct ReconciliationFilter: Hashable, Sendable {
    public var instance: ID<ProviderInstance>?
    public var day: Day?
    /// Those alone whose lines are still without a counterpart.
    public var isOpen: Bool

    public init(
        instance: ID<ProviderInstance>? = nil, day: Day? = nil, isOpen: Bool = false
    ) {
        self.instance = instance
        self.day = day
        self.isOpen = isOpen
    }
}

extension Marketplace {
    /// Compares a provider's own books of a day with our journals, line by line, and keeps what
    /// was found. Movements close to midnight may be on another day there: the days beside it
    /// serve as counterparts. Nothing is corrected but for one thing: what the provider kept of a
    /// movement of ours is booked as a cost, once for each of its lines.
    /// - Throws: ``ProviderRefusal``, ``ReconciliationRefusal``, `ProviderError`.
    @discardableResult
    public func reconcile(
        _ id: ID<ProviderInstance>, _ day: Day, by admin: ID<Account>? = nil
    ) async throws -> ReconciliationRun {
        guard day.from <= .systemNow else { throw ReconciliationRefusal.notBegun }
        let (from, until) = (day.from.advanced(days: -1), day.until.advanced(days: 1))
        let entries = try await providerEntries(id, from: from, until: until)
        let ours = try await ourLines(id, from: from, until: until)
        let heard = Set(ours.compactMap(\.reference))
        let unheard = Set(entries.map(\.reference)).subtracting(heard)
        let known = try await database.reconciliations.known(unheard.sorted(), at: id)
        // Another instance with the same account there has these in its own comparison.
        let own = entries.filter { known[$0.reference].map { $0.instance == id } ?? true }
        let charged = own.filter { entry in
            !entry.fee.isZero && [.charge, .refund, .payout].contains(entry.kind)
                && (heard.contains(entry.reference) || known[entry.reference] != nil)
        }
        try await bookFees(of: charged, at: id)
        let booked = Set(charged.map(\.id))
        let theirs = own.map { BookLine($0, isFeeBooked: booked.contains($0.id)) }
        let result = Reconciliation(
            ours: ours, theirs: theirs, from: day.from, until: day.until, known: known)
        return try await database.transaction { tx in
            try await tx.reconciliations.insert(id, day, result)
            if let admin {
                try await tx.audit.record(
                    "provider.reconciled", on: "provider_instance", id.description, by: admin,
                    reason: "\(day): \(result.matched) matched, \(result.faults.count) not")
            }
            guard
                let run = try await tx.reconciliations.list(
                    ReconciliationFilter(instance: id), PageRequest(limit: 1)
                )
                .items.first
            else { throw ProviderRefusal.instanceMissing }
            return run
        }
    }

    /// What comparisons found, newest first.
    public func reconciliations(
        _ filter: ReconciliationFilter = ReconciliationFilter(),
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<ReconciliationRun> {
        try await database.reconciliations.list(filter, page)
    }

    /// Lines without a counterpart in the newest comparisons of the last 30 days; must be 0.
    public func unmatchedLines() async throws -> Int64 {
        try await database.reconciliations.unmatched()
    }

    /// The payment instance with this id or name.
    /// - Throws: `ProviderRefusal.instanceMissing`
    public func paymentInstance(named text: String) async throws -> ProviderInstance {
        let found = try await database.providers.tables().instances.first {
            $0.kind == .payment && ($0.id.description == text.lowercased() || $0.name == text)
        }
        guard let found else { throw ProviderRefusal.instanceMissing }
        return found
    }

    /// More pages than that are no list of one day.
    private static let pagesMax = 2000
    private static let pageDeadline = Duration.seconds(20)

    /// What goes to the books at once.
    private static let feesMax = 200

    private func bookFees(
        of entries: [BalanceEntry], at id: ID<ProviderInstance>
    ) async throws {
        for start in stride(from: 0, to: entries.count, by: Self.feesMax) {
            let some = entries[start..<min(start + Self.feesMax, entries.count)]
            let postings = try some.map { try Posting.providerFee(of: $0, at: id) }
            _ = try await database.transaction { tx in try await tx.ledger.post(postings) }
        }
    }

    private func providerEntries(
        _ id: ID<ProviderInstance>, from: Instant, until: Instant
    ) async throws -> [BalanceEntry] {
        let provider = try await providers.payment(id)
        guard provider.showsBalance else { throw ReconciliationRefusal.notShown }
        var entries: [BalanceEntry] = []
        var cursor: String?
        for _ in 0..<Self.pagesMax {
            let page = try await provider.balance(
                from: from, until: until, after: cursor,
                OperationContext(
                    key: "balance:\(id):\(from):\(cursor ?? "")", within: Self.pageDeadline))
            entries += page.entries
            guard let next = page.next else { return entries }
            cursor = next
        }
        throw ReconciliationRefusal.tooLong
    }

    private func ourLines(
        _ id: ID<ProviderInstance>, from: Instant, until: Instant
    ) async throws -> [BookLine] {
        var lines: [BookLine] = []
        var last: Int64 = 0
        while true {
            let page = try await database.reconciliations.lines(
                of: id, from: from, until: until, after: last)
            lines += page.map(\.line)
            guard page.count == Int(ReconciliationStore.pageMax), let end = page.last else {
                return lines
            }
            last = end.transaction
        }
    }
}

extension BookLine {
    /// - Parameter isFeeBooked: it is in our books as a cost, so the whole amount is compared.
    fileprivate init(_ entry: BalanceEntry, isFeeBooked: Bool) {
        self.init(
            name: entry.id, kind: entry.kind, reference: entry.reference,
            amount: isFeeBooked ? entry.gross : entry.net,
            fee: isFeeBooked ? .zero(entry.fee.currency) : entry.fee, at: entry.at)
    }
}

extension Posting {
    /// What a provider kept of a movement of ours, once for each of its lines.
    fileprivate static func providerFee(
        of entry: BalanceEntry, at instance: ID<ProviderInstance>
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: "provider-fee:\(instance):\(entry.id.prefix(120))", kind: .providerFee,
            currency: entry.fee.currency,
            entries: [
                LedgerEntry(.providerClearing(instance), entry.fee.amount),
                LedgerEntry(.providerFees, -entry.fee.amount),
            ])
    }
}
