import Kernel
import Vocabulary
import Web

/// A seller's statement, for whoever settles a question about money.
struct StatementRoutes {
    struct SellerPath: Described { let seller: ID<Seller> }

    struct StatementQuery: Described {
        let currency: Currency?
        let from: Instant?
        let until: Instant?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]
    }

    let desk: Desk

    func mount() {
        desk.page(
            "/sellers/{seller}/statement", .readMoney, path: SellerPath.self,
            query: StatementQuery.self
        ) { call, _ in
            let seller = try await call.marketplace.seller(call.path.seller)
            let statement = try await Self.statement(
                call.marketplace, call.path.seller, call.query)
            return Self.page(seller, statement)
        }
        desk.read(
            "/sellers/{seller}/statement", "What a seller earned and was paid", tag: "Money",
            .readMoney, path: SellerPath.self, query: StatementQuery.self
        ) { call, _ in
            _ = try await call.marketplace.seller(call.path.seller)
            return StatementAnswer(
                try await Self.statement(call.marketplace, call.path.seller, call.query))
        }
    }

    private static func statement(
        _ marketplace: Marketplace, _ seller: ID<Seller>, _ query: StatementQuery
    ) async throws -> Statement {
        let now = try await marketplace.marketNow()
        return try await marketplace.statement(
            of: seller, query.currency ?? .eur, from: query.from ?? now.advanced(days: -365),
            until: query.until ?? now.advanced(days: 1),
            PageRequest(
                after: try query.after.map { try Cursor.open($0) }, limit: query.limit ?? 50))
    }

    private static func page(_ seller: Seller, _ statement: Statement) -> DeskPage {
        let rows = statement.lines.items.map { line in
            let orderLink = line.order.map { "/orders/\($0)" }
            return [
                .time(line.at), Cell(data: line.kind.rawValue.inWords),
                Cell(
                    line.orderNumber.map(Phrase.data) ?? (line.payout == nil ? "" : "payout"),
                    to: orderLink ?? line.payout.map { "/payouts/\($0)" }),
                .money(line.gross), .money(line.commission), .money(line.taxByPlatform),
                .money(line.net),
            ]
        }
        let path = "/sellers/\(seller.id)/statement"
        return DeskPage(
            "Statement of \(seller.name)",
            lead: """
                \(Format.date(statement.from)) to \(Format.date(statement.until)), \
                \(statement.currency.code)
                """,
            [
                Block(facts: [
                    Fact("Owed at the beginning", data: Format.money(statement.opening)),
                    Fact("Owed at the end", data: Format.money(statement.closing)),
                ]),
                Block(
                    table: Table(
                        ["When", "What", "For", "Gross#", "Commission#", "Tax by us#", "Net#"],
                        rows), nothing: "Nothing happened in this time.",
                    more: statement.lines.next.map {
                        Links.with(
                            path,
                            [
                                ("after", Cursor.seal($0)),
                                ("currency", statement.currency.code),
                                ("from", statement.from.description),
                                ("until", statement.until.description),
                            ])
                    }),
            ])
    }
}
