import Kernel
import Vocabulary

extension WebRequest {
    /// More lines than these are no file that anybody opens.
    private static let csvLinesMax = 50_000
    /// The tool takes some milliseconds for each.
    private static let pdfLinesMax = 2000

    /// A statement page by page.
    /// - Throws: ``StatementRefusal/unknown``, also for what is no month.
    public func monthStatement(
        of seller: ID<Seller>, _ wallet: ID<Wallet>, _ currency: Currency, _ month: String,
        _ page: PageRequest
    ) async throws -> MonthStatement {
        try await marketplace.monthStatement(
            of: seller, wallet, currency, try Self.month(month), page)
    }

    /// The whole statement as CSV.
    public func statementCSV(
        of seller: ID<Seller>, _ wallet: ID<Wallet>, _ currency: Currency, _ month: String
    ) async throws -> Download {
        let statement = try await marketplace.wholeMonthStatement(
            of: seller, wallet, currency, try Self.month(month), linesMax: Self.csvLinesMax)
        return Download(
            Array(statement.csv().utf8), type: "text/csv",
            fileName: "statement-\(month)-\(currency).csv")
    }

    /// The whole statement as a PDF, printed by the operator's tool, in the language of whoever
    /// asks.
    /// - Throws: ``PrintRefusal`` when there is none.
    public func statementPDF(
        of seller: ID<Seller>, _ wallet: ID<Wallet>, _ currency: Currency, _ month: String,
        for person: Account? = nil
    ) async throws -> Download {
        let statement = try await marketplace.wholeMonthStatement(
            of: seller, wallet, currency, try Self.month(month), linesMax: Self.pdfLinesMax)
        let html = try self.html("statement-print", in: try await paperLanguage(of: person)) {
            PrintedStatement(statement)
        }
        return Download(
            try await marketplace.printPDF(html), type: "application/pdf",
            fileName: "statement-\(month)-\(currency).pdf")
    }

    private static func month(_ text: String) throws -> StatementMonth {
        guard let month = StatementMonth(text) else { throw StatementRefusal.unknown }
        return month
    }
}

/// The model of `statement-print.mustache`, and of the pages that show the same.
public struct PrintedStatement: Sendable {
    public struct Sum: Sendable {
        public let name: String
        public let amount: String
    }

    public struct Line: Sendable {
        public let at: String
        public let what: String
        public let href: String?
        public let gross: String
        public let fee: String
        public let vat: String
        public let tax: String
        public let net: String
        public let sellerTax: String
    }

    /// BCP 47.
    public let language: String
    public let shop: String
    public let legalName: String
    public let vatNumber: String?
    public let wallet: String
    /// `November 2026`
    public let month: String
    /// What stands around the numbers of a sheet: `Page 1 of 2`.
    public let pageWord: String
    public let ofWord: String
    public let currency: String
    public let isOpen: Bool
    public let opening: String
    public let closing: String
    /// The sales tax that the seller hands to the state, of sales less refunds.
    public let sellerTax: String
    public let sums: [Sum]
    public let reserve: [Sum]
    public let hasReserve: Bool
    public let lines: [Line]
    public let hasLines: Bool

    public init(_ statement: MonthStatement) {
        language = Words.current.language.code
        shop = statement.seller.name
        legalName = statement.seller.legalName ?? statement.seller.name
        vatNumber = statement.seller.vatNumber
        wallet = statement.wallet.label
        month = Format.month(statement.month)
        pageWord = localized("Page")
        ofWord = localized("of")
        currency = statement.currency.code
        isOpen = !statement.isClosed
        opening = Format.money(statement.opening)
        closing = Format.money(statement.closing)
        let totals = statement.sums
        sellerTax = Format.money(totals.sellerTax)
        sums = [
            (localized("Sales"), totals.sales), (localized("Refunds"), totals.refunds),
            (localized("Fees"), totals.fees),
            (localized("VAT on fees"), totals.feeVAT),
            (localized("Tax handed on by the market"), totals.tax),
            (localized("Payouts"), totals.payouts), (localized("Other"), totals.other),
        ].map { Sum(name: $0.0, amount: Format.money($0.1)) }
        let kept = statement.reserve
        reserve = [
            (localized("At the beginning"), kept.opening), (localized("Kept"), kept.kept),
            (localized("Released"), kept.released),
            (localized("At the end"), kept.closing),
        ].map { Sum(name: $0.0, amount: Format.money($0.1)) }
        hasReserve = !kept.opening.isZero || !kept.kept.isZero || !kept.closing.isZero
        lines = statement.lines.items.map { Line($0) }
        hasLines = !lines.isEmpty
    }
}

extension PrintedStatement.Line {
    init(_ line: MonthLine) {
        at = Format.date(line.at)
        let words = String(line.kind.rawValue.map { $0 == "_" ? " " : $0 })
        let name =
            line.payout == nil
            ? localized(name: words)
            : line.net.isNegative ? localized("payout") : localized("payout returned")
        what = line.orderNumber.map { localized("\(name), order \($0)") } ?? name
        href = line.order.map { "/orders/\($0)" }
        gross = Format.money(line.gross)
        fee = Format.money(line.fee)
        vat = Format.money(line.feeVAT)
        tax = Format.money(line.tax)
        net = Format.money(line.net)
        sellerTax = line.sellerTax.isZero ? "" : Format.money(line.sellerTax)
    }
}
