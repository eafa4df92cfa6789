import Kernel
import Vocabulary
import Web

/// A seller's statements by month: for people, for programs, and as files.
struct MonthStatementRoutes {
    func mount(on routes: Routes) {
        routes.get("/money/statements")
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                let ranges = try await call.marketplace.statementRanges(of: member.seller)
                return .page("statements", StatementsPage(ranges), title: localized("Statements"))
            }
        routes.get("/money/statements/{wallet}/{currency}/{month}")
            .path(StatementPath.self).query(ListQuery.self)
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                let path = call.path
                let statement = try await call.request.monthStatement(
                    of: member.seller, path.wallet, path.currency, path.month,
                    call.query.page(limit: 50))
                let next = MonthStatementAnswer(statement).lines.next
                return .page(
                    "month-statement", MonthStatementPage(statement, next: next),
                    title: localized("Statement \(Format.month(path.month))"))
            }
        mount(on: routes.api)
    }

    private func mount(on api: API) {
        let path = "/statements/{wallet}/{currency}/{month}"
        api.get("/statements", "Which statements there are", tag: "Statements")
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                Listed(
                    items: try await call.marketplace.statementRanges(of: member.seller)
                        .map { StatementRangeAnswer($0) }, next: nil)
            }
        api.get(path, "A wallet's month, by order", tag: "Statements")
            .about("opening + sums = closing, which is the next month's opening, to the last unit.")
            .path(StatementPath.self).query(ListQuery.self)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                MonthStatementAnswer(
                    try await call.request.monthStatement(
                        of: member.seller, call.path.wallet, call.path.currency, call.path.month,
                        call.query.page()))
            }
        api.get(path + "/csv", "The same as CSV", tag: "Statements")
            .path(StatementPath.self).refuses(.conflict).closedOnBehalf()
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                try await call.request.statementCSV(
                    of: member.seller, call.path.wallet, call.path.currency, call.path.month)
            }
        api.get(path + "/pdf", "The same as PDF", tag: "Statements")
            .about(
                """
                In the language of the request, else of its sender. Printed by WeasyPrint; 503 \
                with a sentence where it is not installed.
                """
            )
            .path(StatementPath.self).refuses(.conflict, .unavailable).closedOnBehalf()
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                try await call.request.statementPDF(
                    of: member.seller, call.path.wallet, call.path.currency, call.path.month,
                    for: member.account)
            }
    }
}

/// The model of `statements.mustache`.
struct StatementsPage {
    struct Range {
        let wallet: String
        let currency: String
        let months: [Month]
    }
    struct Month {
        let month: String
        let href: String
    }

    /// So many months are linked; older ones have the same address with another month.
    static let monthsMax = 36

    let ranges: [Range]
    let hasRanges: Bool

    init(_ ranges: [StatementRange]) {
        self.ranges = ranges.map { range in
            var months: [StatementMonth] = []
            var month = range.first
            while month <= range.last {
                months.append(month)
                month = month.next
            }
            return Range(
                wallet: range.walletLabel, currency: range.currency.code,
                months: months.suffix(Self.monthsMax).reversed().map {
                    Month(
                        month: Format.month($0),
                        href: "/money/statements/\(range.wallet)/\(range.currency)/\($0)")
                })
        }
        hasRanges = !self.ranges.isEmpty
    }
}

/// The model of `month-statement.mustache`.
struct MonthStatementPage {
    let statement: PrintedStatement
    let csv: String
    let pdf: String
    let previous: String
    let following: String?
    let next: String?

    init(_ statement: MonthStatement, next: String?) {
        self.statement = PrintedStatement(statement)
        let path = "/statements/\(statement.wallet.id)/\(statement.currency)/"
        let month = statement.month
        csv = "/api/v1\(path)\(month)/csv"
        pdf = "/api/v1\(path)\(month)/pdf"
        previous =
            "/money\(path)\(StatementMonth(of: month.start.advanced(by: .seconds(-1))))"
        following = statement.isClosed ? "/money\(path)\(month.next)" : nil
        self.next = next.map { "/money\(path)\(month)?after=\($0)" }
    }
}
