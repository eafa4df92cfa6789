import Foundation
import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import Vocabulary

/// Olist's published orders: who sold what, for how much, with how much freight.
///
/// A thing is a product at one price with one freight; its weight in grams is its freight in
/// centavos, so that a shipping provider that charges by weight asks for what was paid then.
struct OlistData: Sendable {
    struct Thing: Hashable, Sendable {
        let product: String
        let seller: String
        let price: Int64
        let freight: Int64
    }

    /// Ids of sellers, in the file's order.
    private(set) var sellers: [String] = []
    private(set) var things: [Thing] = []
    private(set) var orders: [[CheckoutItem]] = []
    /// Minor units that each seller is owed: prices and freight.
    private(set) var expected: [String: Int64] = [:]
    /// One for each line of each order: whose it is, and what all its pieces cost, in minor units.
    private var sales: [(seller: String, goods: Int64)] = []
    private var ids: [ID<Variant>] = []

    /// - Throws: ``OperatorProblem`` that names the file, the line and what is wrong.
    static func read(_ folder: String) async throws -> OlistData {
        let plain = folder + "/order_items.csv"
        let packed = plain + ".gz"
        let text: String
        if FileManager.default.fileExists(atPath: plain) {
            text = try String(contentsOfFile: plain, encoding: .utf8)
        } else if FileManager.default.fileExists(atPath: packed) {
            text = try await BenchTool.run("gzip", ["-dc", packed], package: "gzip")
        } else {
            throw OperatorProblem("There is no order_items.csv(.gz) in \(folder).")
        }
        return try OlistData(text)
    }

    private init(_ text: String) throws {
        var numbers: [Thing: Int] = [:]
        var baskets: [String: [Int: Int]] = [:]
        var order: [String] = []
        for (index, line) in text.split(whereSeparator: \.isNewline).enumerated().dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.filter { $0 != "\"" }
            }
            guard fields.count == 7, let price = Money(decimal: fields[5], .brl),
                let freight = Money(decimal: fields[6], .brl)
            else { throw OperatorProblem("Line \(index + 1) of order_items.csv is not an item.") }
            let seller = try Self.id(fields[3], line: index + 1)
            let thing = Thing(
                product: fields[2], seller: seller, price: price.amount, freight: freight.amount)
            if expected[seller] == nil { sellers.append(seller) }
            expected[seller, default: 0] += price.amount + freight.amount
            if numbers[thing] == nil {
                numbers[thing] = things.count
                things.append(thing)
                ids.append(ID())
            }
            if baskets[fields[0]] == nil { order.append(fields[0]) }
            baskets[fields[0], default: [:]][numbers[thing] ?? 0, default: 0] += 1
        }
        for (number, quantity) in baskets.values.joined() {
            sales.append((things[number].seller, things[number].price * Int64(quantity)))
        }
        orders = order.map { key in
            (baskets[key] ?? [:]).sorted { $0.key < $1.key }.map {
                CheckoutItem(variant: ids[$0.key], quantity: $0.value)
            }
        }
    }

    /// What the market keeps of each seller's goods: so many parts of a million, of each line of an
    /// order once, and half a minor unit is a whole one.
    func commission(ofMillion rate: Int64) -> [String: Int64] {
        sales.reduce(into: [:]) { sums, sale in
            sums[sale.seller, default: 0] += (sale.goods * rate + 500_000) / 1_000_000
        }
    }

    /// Olist's ids are 32 hexadecimal digits: a UUID without its hyphens.
    private static func id(_ digits: String, line: Int) throws -> String {
        let cuts = [8, 12, 16, 20]
        let text = digits.enumerated().map {
            cuts.contains($0.offset) ? "-\($0.element)" : "\($0.element)"
        }
        .joined()
        guard let id = ID<Seller>(text) else {
            throw OperatorProblem("Line \(line) of order_items.csv has no seller.")
        }
        return id.description
    }

    /// Makes the sellers and their things.
    func load(into database: Database) async throws {
        let origin = Address(
            name: "Olist", lines: ["Rua 1"], city: "São Paulo", postalCode: "01000-000",
            country: "BR")
        let json = JSON(origin).sqlText
        let listings = things.map { _ in ID<Listing>().description }
        try await database.transaction(statementDeadline: .seconds(300)) { tx in
            try await tx.copy(
                into: "seller", columns: "id, slug, name, country, origin, state",
                rows: sellers.map {
                    [
                        $0, "s-" + $0.filter { $0 != "-" }, "Seller \($0.prefix(8))", "BR", json,
                        "verified",
                    ]
                })
            try await tx.copy(
                into: "wallet", columns: "id, seller_id, kind, label, is_default",
                rows: sellers.map {
                    [ID<Wallet>().description, $0, "platform_balance", "Balance", "t"]
                })
            try await tx.copy(
                into: "listing",
                columns: "id, seller_id, handle, title, state, currency, price_from, in_stock",
                rows: things.indices.map { index in
                    let thing = things[index]
                    return [
                        listings[index], thing.seller, "thing-\(index)",
                        "Product \(thing.product.prefix(12))", "published", "BRL",
                        "\(thing.price)", "t",
                    ]
                })
            try await tx.copy(
                into: "variant", columns: "id, listing_id, seller_id, price, currency, grams",
                rows: things.indices.map { index in
                    let thing = things[index]
                    return [
                        ids[index].description, listings[index], thing.seller, "\(thing.price)",
                        "BRL", "\(thing.freight)",
                    ]
                })
            try await tx.copy(
                into: "stock_level", columns: "variant_id, on_hand",
                rows: ids.map { [$0.description, "100000"] })
        }
    }
}
