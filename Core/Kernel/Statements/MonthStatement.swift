import Vocabulary

/// A calendar month in UTC: `2026-11`.
public struct StatementMonth: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let year: Int
    public let month: Int

    /// Nil for anything but `YYYY-MM` from 2000 to 9998.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 7, parts.count == 2, parts[0].utf8.count == 4,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), (2000...9998).contains(year),
            (1...12).contains(month)
        else { return nil }
        self.init(year: year, month: month)
    }

    public init(of instant: Instant) {
        let date = instant.civilDate
        self.init(year: date.year, month: date.month)
    }

    private init(year: Int, month: Int) {
        self.year = year
        self.month = month
    }

    public var next: StatementMonth {
        month == 12
            ? StatementMonth(year: year + 1, month: 1)
            : StatementMonth(year: year, month: month + 1)
    }

    /// Its first moment, which is the end of the month before.
    public var start: Instant {
        Instant("\(firstDay)T00:00:00Z") ?? Instant(secondsSince1970: 0)
    }

    /// `2026-11-01`
    var firstDay: String { "\(self)-01" }

    public var end: Instant { next.start }

    public var description: String {
        let digits = String(month)
        return "\(year)-" + (digits.count == 1 ? "0" : "") + digits
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }
}

/// Which statements there are of a wallet in one currency: every month from the first to the last.
public struct StatementRange: Hashable, Sendable {
    public let wallet: ID<Wallet>
    public let walletLabel: String
    public let currency: Currency
    public let first: StatementMonth
    public let last: StatementMonth
}

/// What a wallet earned and was paid in a month. All amounts have the sign with which they change
/// what the market owes the seller; opening and the sums of a month are its closing, which is the
/// next month's opening, to the last unit.
public struct MonthStatement: Sendable {
    public let seller: Seller
    public let wallet: Wallet
    public let currency: Currency
    public let month: StatementMonth
    /// Whether the month is over: nothing is added any more.
    public let isClosed: Bool
    /// What was owed at the beginning, wherever it was: held, in reserve, available, on its way
    /// or, below zero, owed by the seller.
    public let opening: Money
    public let closing: Money
    public let sums: StatementSums
    public let reserve: ReserveMovement
    public let lines: Page<MonthLine>
}

/// What a month changed, by cause.
public struct StatementSums: Hashable, Sendable {
    /// What customers paid for the wallet's orders.
    public let sales: Money
    /// What customers got back.
    public let refunds: Money
    /// Commission, less what refunds returned of it.
    public let fees: Money
    /// Tax on the commission.
    public let feeVAT: Money
    /// Sales tax that the platform hands to the state.
    public let tax: Money
    /// What left for the bank, less what came back from it.
    public let payouts: Money
    /// Everything else, such as corrections.
    public let other: Money
    /// Of sales less refunds, the sales tax that the seller itself hands to the state; a note.
    public let sellerTax: Money

    /// All of it together: closing less opening.
    public func total() throws(MoneyError) -> Money {
        try Money.sum([sales, refunds, fees, feeVAT, tax, payouts, other], sales.currency)
    }
}

/// What was kept in reserve, which changes where the money is and not how much.
public struct ReserveMovement: Hashable, Sendable {
    public let opening: Money
    /// Put aside, above zero.
    public let kept: Money
    /// Given free or taken for refunds, below zero.
    public let released: Money
    public let closing: Money
}

/// One event of a month. `net = gross + fee + feeVAT + tax`.
public struct MonthLine: Hashable, Sendable {
    public let id: Int64
    public let at: Instant
    public let kind: Posting.Kind
    public let order: ID<Order>?
    public let orderNumber: String?
    public let payout: ID<Payout>?
    public let gross: Money
    public let fee: Money
    public let feeVAT: Money
    public let tax: Money
    public let net: Money
    /// Of the gross, the sales tax that the seller itself hands to the state, and of a refund what
    /// it gets back of that: in proportion, so that a full refund returns all of it. A note, no
    /// part of the sum.
    public let sellerTax: Money
}

/// Why there is no statement.
public enum StatementRefusal: Refusal, CaseIterable {
    case unknown, tooLong

    public var code: String {
        switch self {
        case .unknown: "statement.unknown"
        case .tooLong: "statement.too-long"
        }
    }

    public var reason: RefusalReason { self == .unknown ? .missing : .conflict }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such statement."
        case .tooLong: "This month has too many lines for that. Take the CSV, or page through it."
        }
    }
}

extension Marketplace {
    /// Which months there are statements of.
    public func statementRanges(of seller: ID<Seller>) async throws -> [StatementRange] {
        let now = StatementMonth(of: try await marketNow())
        return try await database.monthStatements.ranges(of: seller, until: now)
    }

    /// A wallet's statement of a month, its lines oldest first.
    /// - Throws: ``StatementRefusal/unknown`` for another seller's wallet and months to come.
    public func monthStatement(
        of seller: ID<Seller>, _ wallet: ID<Wallet>, _ currency: Currency, _ month: StatementMonth,
        _ page: PageRequest
    ) async throws -> MonthStatement {
        try await database.transaction(isolation: .repeatableRead) { tx in
            try await tx.monthStatement(of: seller, wallet, currency, month) { store in
                try await store.lines(of: wallet, currency, month, page)
            }
        }
    }

    /// The same with all its lines.
    /// - Throws: ``StatementRefusal/tooLong`` when there are more than `linesMax`.
    public func wholeMonthStatement(
        of seller: ID<Seller>, _ wallet: ID<Wallet>, _ currency: Currency, _ month: StatementMonth,
        linesMax: Int
    ) async throws -> MonthStatement {
        try await database.transaction(
            isolation: .repeatableRead, statementDeadline: .seconds(30)
        ) { tx in
            try await tx.monthStatement(of: seller, wallet, currency, month) { store in
                let lines = try await store.lines(
                    of: wallet, currency, month, after: 0, limit: linesMax + 1)
                guard lines.count <= linesMax else { throw StatementRefusal.tooLong }
                return Page(items: lines, next: nil)
            }
        }
    }
}
