import Kernel
import Vocabulary
import Web

/// Sellers' statements by month, for whoever settles a question about money.
struct MonthStatementRoutes {
    struct SellerPath: Described { let seller: ID<Seller> }

    struct MonthPath: Described {
        let seller: ID<Seller>
        let wallet: ID<Wallet>
        let currency: Currency
        let month: String
        static let rules: [String: [Rule]] = ["month": StatementPath.monthRules]
    }

    let desk: Desk

    func mount() {
        let path = "/sellers/{seller}/statements/{wallet}/{currency}/{month}"
        desk.page("/sellers/{seller}/statements", .readMoney, path: SellerPath.self) { call, _ in
            let seller = try await call.marketplace.seller(call.path.seller)
            return Self.list(seller, try await call.marketplace.statementRanges(of: seller.id))
        }
        desk.page(path, .readMoney, path: MonthPath.self, query: ListQuery.self) { call, _ in
            let asked = call.path
            let statement = try await call.request.monthStatement(
                of: asked.seller, asked.wallet, asked.currency, asked.month,
                call.query.page(limit: 50))
            return Self.show(statement)
        }
        desk.read(
            "/sellers/{seller}/statements", "Which statements of a seller there are",
            tag: "Statements", .readMoney, path: SellerPath.self
        ) { call, _ in
            let seller = try await call.marketplace.seller(call.path.seller)
            return Listed(
                items: try await call.marketplace.statementRanges(of: seller.id)
                    .map { StatementRangeAnswer($0) }, next: nil)
        }
        desk.read(
            path, "A wallet's month, by order", tag: "Statements", .readMoney,
            path: MonthPath.self, query: ListQuery.self
        ) { call, _ in
            let asked = call.path
            return MonthStatementAnswer(
                try await call.request.monthStatement(
                    of: asked.seller, asked.wallet, asked.currency, asked.month,
                    call.query.page()))
        }
        files(path)
    }

    private func files(_ path: String) {
        desk.api.get(path + "/csv", "The same as CSV", tag: "Statements")
            .path(MonthPath.self).refuses(.conflict)
            .handle(as: Administrator.self, needing: Duty.readMoney.roles) { call, _ in
                try await call.request.statementCSV(
                    of: call.path.seller, call.path.wallet, call.path.currency, call.path.month)
            }
        desk.api.get(path + "/pdf", "The same as PDF", tag: "Statements")
            .about("Printed by WeasyPrint; 503 with a sentence where it is not installed.")
            .path(MonthPath.self).refuses(.conflict, .unavailable)
            .handle(as: Administrator.self, needing: Duty.readMoney.roles) { call, _ in
                try await call.request.statementPDF(
                    of: call.path.seller, call.path.wallet, call.path.currency, call.path.month)
            }
    }

    private static func list(_ seller: Seller, _ ranges: [StatementRange]) -> DeskPage {
        let rows = ranges.map { range in
            [
                Cell(data: range.walletLabel), Cell(data: range.currency.code),
                Cell(data: range.first.description),
                Cell(
                    data: range.last.description,
                    to: "/sellers/\(seller.id)/statements/\(range.wallet)/\(range.currency)/"
                        + range.last.description),
            ]
        }
        return DeskPage(
            "Statements of \(seller.name)",
            [
                Block(
                    facts: [Fact("Seller", data: seller.name, to: Links.seller(seller.id))],
                    table: Table(["Wallet", "Currency", "From", "Until"], rows),
                    nothing: "Nothing was earned yet.")
            ])
    }

    /// As it is written within a line: German nouns keep their capitals.
    private static func within(_ name: String) -> String {
        Words.current.language == .german ? name : name.lowercased()
    }

    private static func show(_ statement: MonthStatement) -> DeskPage {
        let shown = PrintedStatement(statement)
        let place =
            "/sellers/\(statement.seller.id)/statements/\(statement.wallet.id)/"
            + "\(statement.currency)/"
        let before = StatementMonth(of: statement.month.start.advanced(by: .seconds(-1)))
        let here = place + statement.month.description
        return DeskPage(
            "Statement \(shown.month) of \(shown.shop)",
            lead: shown.isOpen
                ? "\(shown.wallet), \(shown.currency). The month is not over: more may be added."
                : "\(shown.wallet), \(shown.currency)",
            [
                Block(
                    facts: [Fact("Opening balance", data: shown.opening)]
                        + shown.sums.map { Fact(.data($0.name), data: $0.amount) }
                        + [
                            Fact("Closing balance", data: shown.closing),
                            Fact("Of sales, tax that the seller hands in", data: shown.sellerTax),
                        ]
                        + shown.reserve.filter { _ in shown.hasReserve }.map {
                            Fact("Reserve: \(within($0.name))", data: $0.amount)
                        } + [
                            Fact("CSV", "download", to: "/api/v1\(here)/csv"),
                            Fact("PDF", "download", to: "/api/v1\(here)/pdf"),
                            Fact("The month before", "show", to: place + before.description),
                        ]),
                Block(
                    table: Table(
                        [
                            "When", "What", "Gross#", "Fee#", "VAT on fee#", "Tax#", "Net#",
                            "Seller's own tax#",
                        ],
                        shown.lines.map {
                            [
                                Cell(data: $0.at), Cell(data: $0.what, to: $0.href),
                                Cell(data: $0.gross, isNumber: true),
                                Cell(data: $0.fee, isNumber: true),
                                Cell(data: $0.vat, isNumber: true),
                                Cell(data: $0.tax, isNumber: true),
                                Cell(data: $0.net, isNumber: true),
                                Cell(data: $0.sellerTax, isNumber: true),
                            ]
                        }), nothing: "Nothing happened in this month.",
                    more: statement.lines.next.map { "\(here)?after=\(Cursor.seal($0))" }),
            ])
    }
}
