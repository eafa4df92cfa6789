import Kernel
import Vocabulary

/// Which of a wallet's statements is asked for.
public struct StatementPath: Described {
    public let wallet: ID<Wallet>
    public let currency: Currency
    public let month: String

    public static let rules: [String: [Rule]] = ["month": StatementPath.monthRules]
    public static let monthRules: [Rule] = [
        .length(7...7), .about("A calendar month in UTC, `2026-11`."),
    ]
}

/// The statements that there are of a wallet in one currency.
public struct StatementRangeAnswer: Codable, Sendable {
    public let wallet: ID<Wallet>
    public let walletLabel: String
    public let currency: Currency
    /// `2026-08`
    public let first: String
    public let last: String

    public init(_ range: StatementRange) {
        wallet = range.wallet
        walletLabel = range.walletLabel
        currency = range.currency
        first = range.first.description
        last = range.last.description
    }
}

/// A month's statement. Every amount has the sign with which it changes what is owed to the seller.
public struct MonthStatementAnswer: Codable, Sendable {
    public struct MonthSumsAnswer: Codable, Sendable {
        public let sales: Money
        public let refunds: Money
        public let fees: Money
        public let feeVat: Money
        public let tax: Money
        public let payouts: Money
        public let other: Money
        /// Of sales less refunds, the sales tax that the seller hands to the state: a note.
        public let sellerTax: Money
    }

    public struct MonthReserveAnswer: Codable, Sendable {
        public let opening: Money
        public let kept: Money
        public let released: Money
        public let closing: Money
    }

    public struct MonthLineAnswer: Codable, Sendable {
        public let at: Instant
        public let kind: String
        public let orderId: ID<Order>?
        public let orderNumber: String?
        public let payoutId: ID<Payout>?
        public let gross: Money
        public let fee: Money
        public let feeVat: Money
        public let tax: Money
        /// gross + fee + feeVat + tax
        public let net: Money
        /// Of the gross, the sales tax that the seller hands to the state: a note.
        public let sellerTax: Money
    }

    public let wallet: ID<Wallet>
    public let currency: Currency
    public let month: String
    /// The month is over: nothing is added any more.
    public let isClosed: Bool
    public let opening: Money
    /// opening and the sums; the next month's opening.
    public let closing: Money
    public let sums: MonthSumsAnswer
    /// Where the money is, not how much: it is part of what is owed.
    public let reserve: MonthReserveAnswer
    public let lines: Listed<MonthLineAnswer>

    public init(_ statement: MonthStatement) {
        wallet = statement.wallet.id
        currency = statement.currency
        month = statement.month.description
        isClosed = statement.isClosed
        opening = statement.opening
        closing = statement.closing
        let sums = statement.sums
        self.sums = MonthSumsAnswer(
            sales: sums.sales, refunds: sums.refunds, fees: sums.fees, feeVat: sums.feeVAT,
            tax: sums.tax, payouts: sums.payouts, other: sums.other,
            sellerTax: sums.sellerTax)
        let reserve = statement.reserve
        self.reserve = MonthReserveAnswer(
            opening: reserve.opening, kept: reserve.kept, released: reserve.released,
            closing: reserve.closing)
        lines = Listed(statement.lines) { line in
            MonthLineAnswer(
                at: line.at, kind: line.kind.rawValue, orderId: line.order,
                orderNumber: line.orderNumber, payoutId: line.payout, gross: line.gross,
                fee: line.fee, feeVat: line.feeVAT, tax: line.tax, net: line.net,
                sellerTax: line.sellerTax)
        }
    }
}
