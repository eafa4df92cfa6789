import Foundation
import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import Vocabulary

/// The rows of a purchase written by one function call from pgbench: the fastest form there is.
///
/// The function is made from a purchase that the kernel has placed: every row that it left behind
/// becomes an insert with the same values, under new ids and for the things that the call names.
struct CheckoutCeiling: Sendable {
    let listings: Int

    /// The tables that a purchase leaves rows in, parents first.
    private static let tables = [
        "checkout", "checkout_parcel", "checkout_line", "reservation", "purchase", "orders",
        "order_line", "order_event", "payment", "payment_share", "payment_attempt",
        "ledger_transaction", "ledger_entry", "outbox_event", "job", "stock_movement",
    ]

    /// Places one purchase and makes the function `bench_place(a, b, c)` from it.
    static func prepare(
        _ market: BenchMarket, _ catalogue: BenchCatalogue, _ buyer: BenchBuyer
    ) async throws -> CheckoutCeiling {
        let database = market.database
        let third = catalogue.listings / 3
        let things = (0..<3).map { $0 * third + 1 }
        let before =
            try await database.query("select pg_current_xact_id()::text")
            .decode { try $0.next(String.self) }.first ?? "0"
        try await buyer.buy(
            things.compactMap(BenchCatalogue.variant).map { CheckoutItem(variant: $0, quantity: 1) }
        )
        var writer = CeilingWriter()
        try await writer.learn(things: things, from: database)
        for table in tables {
            try await writer.take(table, after: before, from: database)
        }
        let function = writer.function()
        try await database.execute("create sequence bench_number")
        try await database.transaction { tx in try await tx.run(script: function) }
        return CheckoutCeiling(listings: catalogue.listings)
    }

    /// Purchases per second with `clients` connections.
    func rate(_ market: BenchMarket, clients: Int, seconds: Int) async throws -> Double {
        let third = listings / 3
        let script = """
            \\set a random(1, \(third))
            \\set b random(\(third + 1), \(2 * third))
            \\set c random(\(2 * third + 1), \(3 * third))
            select bench_place(:a, :b, :c);

            """
        return try await PgBench.rate(
            market.url, planningAs: "random_page_cost=1.1", script: script, clients: clients,
            seconds: seconds
        ).rate
    }
}

/// Turns rows into the inserts of a PL/pgSQL function.
private struct CeilingWriter {
    /// Texts of the sample purchase and the expressions that stand for them.
    private var names: [(text: String, expression: String)] = []
    private var declarations: [String] = []
    private var statements: [String] = []
    private var postings: [String: String] = [:]
    private var accounts: [String: String] = [:]
    private var balances: [String: Int64] = [:]

    /// What of the three things the function looks up.
    mutating func learn(things: [Int], from database: Database) async throws {
        for (index, number) in things.enumerated() {
            let rows = try await database.query(
                """
                select variant::text, listing::text, seller::text, wallet::text, pending::text
                from bench_thing where n = \(number)
                """)
            guard let row = rows.first else { throw OperatorProblem("A thing is missing.") }
            var c = row.columns
            for column in ["variant", "listing", "seller", "wallet"] {
                names.append((try c.next(), "t\(index).\(column)"))
            }
            accounts[try c.next()] = "t\(index).pending"
        }
    }

    /// Makes an insert of the rows that `table` got after a transaction.
    mutating func take(_ table: String, after xid: String, from database: Database) async throws {
        let columns = try await database.query(
            """
            select attname::text, format_type(atttypid, atttypmod), attidentity::text
            from pg_attribute where attrelid = \(table)::regclass and attnum > 0
                and not attisdropped and attgenerated = '' and atttypid <> 'xid8'::regtype
            order by attnum
            """
        ).decode { c in
            Column(name: try c.next(), type: try c.next(), isIdentity: try c.next() == "a")
        }
        let list = columns.map { "\"\($0.name)\"::text" }.joined(separator: ", ")
        let rows = try await database.query(
            SQL(trusted: "select \(list) from \(table) where xmin::text::bigint > \(xid)")
        ).decode { c in
            var values: [String?] = []
            for _ in columns { values.append(try c.next(String?.self)) }
            return values
        }
        guard !rows.isEmpty else { return }
        name(rows, columns, table)
        let written = columns.filter { !$0.isIdentity }
        let head = "insert into \(table) (\(written.map(\.name).joined(separator: ", "))) values "
        let tuples = rows.map { row in
            let values = zip(columns, row).filter { !$0.0.isIdentity }
                .map { expression($0.1, $0.0, table) }
            return "(\(values.joined(separator: ", ")))"
        }
        if table == "ledger_transaction" {
            // Each needs its number for the entries that follow.
            for (row, tuple) in zip(rows, tuples) {
                let id = zip(columns, row).first { $0.0.isIdentity }?.1 ?? ""
                let variable = "x\(postings.count)"
                postings[id] = variable
                declarations.append("\(variable) bigint")
                statements.append("\(head)\(tuple) returning id into \(variable)")
            }
        } else {
            statements.append(head + tuples.joined(separator: ", "))
        }
        if table == "ledger_entry" { addBalances(rows, columns) }
    }

    private struct Column {
        let name: String
        let type: String
        let isIdentity: Bool
    }

    /// New ids and numbers of the sample get an expression that is new in each call.
    private mutating func name(_ rows: [[String?]], _ columns: [Column], _ table: String) {
        for row in rows {
            for (column, value) in zip(columns, row) {
                guard let value,
                    column.name == "id" && column.type == "uuid"
                        || column.name == "number", !names.contains(where: { $0.text == value })
                else { continue }
                let variable = "n\(declarations.count)"
                if column.type == "uuid" {
                    // In rising order, as ids of version 7 are.
                    declarations.append(
                        "\(variable) uuid := lpad(to_hex(base + \(declarations.count)), 32, '0')")
                } else {
                    declarations.append(
                        "\(variable) text := 'B' || base || '-' || \(declarations.count)")
                }
                names.append((value, variable))
                // Longer texts first: an order's number may contain its purchase's.
                names.sort { $0.text.count > $1.text.count }
            }
        }
    }

    private func expression(_ value: String?, _ column: Column, _ table: String) -> String {
        guard let value else { return "null" }
        if table == "ledger_entry", column.name == "transaction_id" {
            return postings[value] ?? "null"
        }
        if table == "ledger_entry", column.name == "account_id" {
            return accounts[value] ?? value
        }
        if column.type.hasPrefix("timestamp") {
            return column.name.hasPrefix("expires") ? "now() + interval '1 hour'" : "now()"
        }
        if let known = names.first(where: { $0.text == value }) { return known.expression }
        var parts: [(text: String, isName: Bool)] = [(value, false)]
        for (text, expression) in names where value.contains(text) {
            parts = parts.flatMap { part -> [(text: String, isName: Bool)] in
                guard !part.isName else { return [part] }
                let pieces = part.text.components(separatedBy: text)
                return Array(
                    pieces.map { ($0, false) }.map { [$0] }
                        .joined(separator: [(expression + "::text", true)]))
            }
        }
        let text = parts.filter { !$0.text.isEmpty }
            .map { $0.isName ? $0.text : Self.quoted($0.text) }
            .joined(separator: " || ")
        return "(\(text.isEmpty ? "''" : text))::\(column.type)"
    }

    private mutating func addBalances(_ rows: [[String?]], _ columns: [Column]) {
        for row in rows {
            let values = Dictionary(uniqueKeysWithValues: zip(columns.map(\.name), row))
            guard let account = values["account_id"] ?? nil, let thing = accounts[account],
                let amount = (values["amount"] ?? nil).flatMap({ Int64($0) })
            else { continue }
            balances[thing, default: 0] += amount
        }
    }

    private static func quoted(_ text: String) -> String {
        "E'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }

    func function() -> String {
        var lines = [
            "create function bench_place(a integer, b integer, c integer) returns void",
            "language plpgsql as $bench$", "declare",
            "  base bigint := nextval('bench_number') * 100;", "  t0 bench_thing;",
            "  t1 bench_thing;", "  t2 bench_thing;",
        ]
        lines += declarations.map { "  \($0);" }
        lines.append("begin")
        for (index, argument) in ["a", "b", "c"].enumerated() {
            lines.append("  select * into t\(index) from bench_thing where n = \(argument);")
        }
        lines += statements.map { "  \($0);" }
        for (thing, amount) in balances.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "  update ledger_balance set balance = balance + \(amount), "
                    + "month = coalesce(month, date_trunc('month', now() at time zone 'UTC')), "
                    + "first_xid = coalesce(first_xid, pg_snapshot_xmin(pg_current_snapshot())) "
                    + "where account_id = \(thing);")
        }
        // What others wait for comes last, in one order for all.
        for index in 0..<3 {
            lines.append(
                "  update stock_level set on_hand = on_hand - 1 "
                    + "where variant_id = t\(index).variant;"
            )
        }
        lines.append("end $bench$;")
        return lines.joined(separator: "\n")
    }
}
