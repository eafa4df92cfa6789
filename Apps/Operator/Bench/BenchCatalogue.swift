import Foundation
import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import Vocabulary

/// Sellers and things in any number, loaded with COPY.
///
/// Things are numbered from 1, and their numbers, ids and sellers rise together: three numbers
/// from three thirds of the catalogue are always of three sellers.
struct BenchCatalogue: Sendable {
    let listings: Int
    let sellers: Int

    static let categories = 40
    /// More than any bench sells of one thing.
    private static let stock = 10_000_000

    /// Loads it, with its ledger accounts, so that the first sale costs what every sale costs.
    func load(into database: Database) async throws {
        try await database.transaction(statementDeadline: .seconds(900)) { tx in
            try await loadSellers(tx)
            try await loadCategories(tx)
            try await tx.execute(
                """
                create table bench_thing (n integer primary key, variant uuid, listing uuid,
                    seller uuid, wallet uuid, pending bigint)
                """)
            let ids = (1...listings).map { Self.uuid(3, $0) }
            try await tx.copy(
                into: "listing",
                columns: """
                    id, seller_id, category_id, category_path, handle, title, description, \
                    product_type, tags, state, currency, price_from, in_stock, published_at
                    """, rows: (1...listings).lazy.map { listing($0, ids[$0 - 1]) })
            try await tx.copy(
                into: "variant", columns: "id, listing_id, seller_id, sku, price, currency, grams",
                rows: (1...listings).lazy.map { number in
                    [
                        Self.uuid(4, number), ids[number - 1], seller(of: number),
                        "SKU-\(number)", "\(price(number))", "EUR", "\(100 + number % 900)",
                    ]
                })
            try await tx.copy(
                into: "stock_level", columns: "variant_id, on_hand",
                rows: (1...listings).lazy.map { [Self.uuid(4, $0), "\(Self.stock)"] })
            try await openAccounts(tx)
        }
    }

    private func loadSellers(_ tx: Transaction) async throws {
        let origin = Address(
            name: "Bench", lines: ["Am Brunnen 1"], city: "Berlin", postalCode: "10115",
            country: "DE")
        let json = JSON(origin).sqlText
        try await tx.copy(
            into: "seller", columns: "id, slug, name, country, origin, legal_name, state",
            rows: (1...sellers).lazy.map { number in
                [
                    Self.uuid(1, number), "maker-\(number)", "Maker \(number)", "DE", json,
                    "Maker \(number)", "verified",
                ]
            })
        try await tx.copy(
            into: "wallet", columns: "id, seller_id, kind, label, is_default",
            rows: (1...sellers).lazy.map { number in
                [Self.uuid(2, number), Self.uuid(1, number), "platform_balance", "Balance", "t"]
            })
    }

    private func loadCategories(_ tx: Transaction) async throws {
        try await tx.copy(
            into: "category", columns: "id, slug, name, path, position",
            rows: (1...Self.categories).lazy.map { number in
                let id = Self.uuid(5, number)
                return [id, Self.slug(number), "Category \(number)", "{\(id)}", "\(number)"]
            })
    }

    private func openAccounts(_ tx: Transaction) async throws {
        try await tx.execute(
            """
            select open_ledger_accounts('EUR', array_agg('seller_pending'::text), array_agg(id))
            from wallet
            """)
        try await tx.execute(
            """
            insert into bench_thing
            select row_number() over (order by v.id), v.id, v.listing_id, v.seller_id, w.id, a.id
            from variant v join wallet w on w.seller_id = v.seller_id
            join ledger_account a on a.wallet_id = w.id and a.kind = 'seller_pending'
            """)
    }

    private func listing(_ number: Int, _ id: String) -> [String?] {
        let word = { (list: [String], salt: Int) in list[(number &* 31 &+ salt) % list.count] }
        let category = Self.uuid(5, 1 + number % Self.categories)
        let title =
            "\(word(Self.adjectives, number / 7)) \(word(Self.materials, number / 3)) "
            + "\(word(Self.things, number)) No. \(number)"
        let body = """
            Made by hand in a small workshop. \(title) is finished with care; every piece \
            differs a little from the one before. It comes wrapped in paper, and can be repaired \
            where it was made. Wash it by hand, keep it out of the rain, and it will outlive its \
            owner.
            """
        return [
            id, seller(of: number), category, "{\(category)}", "thing-\(number)", title, body,
            word(Self.things, number), "{handmade,\(word(Self.materials, number))}", "published",
            "EUR", "\(price(number))", "t", "2026-01-02 03:04:05+00",
        ]
    }

    private func price(_ number: Int) -> Int { 500 + number * 37 % 20_000 }

    private func seller(of number: Int) -> String {
        Self.uuid(1, 1 + (number - 1) * sellers / listings)
    }

    static func slug(_ category: Int) -> String { "category-\(category)" }

    static func listingID(_ number: Int) -> String { uuid(3, number) }

    static func variant(_ number: Int) -> ID<Variant>? { ID<Variant>(uuid(4, number)) }

    static func wallet(_ seller: Int) -> ID<Wallet>? { ID<Wallet>(uuid(2, seller)) }

    /// Ids that sort by number, shaped like those of a market that was filled in one hour.
    private static func uuid(_ kind: Int, _ number: Int) -> String {
        let hex = String(number, radix: 16)
        let padded = String(repeating: "0", count: 12 - hex.count) + hex
        return "019a0000-000\(kind)-7000-8000-\(padded)"
    }

    /// A random basket: three things of three sellers, by number.
    func basket() -> [Int] {
        let third = listings / 3
        return (0..<3).map { $0 * third + Int.random(in: 1...third) }
    }

    static let adjectives = [
        "Quiet", "Bright", "Heavy", "Tiny", "Round", "Woven", "Carved", "Glazed", "Blue", "Amber",
        "Forest", "Winter", "Salted", "Copper", "Rough", "Gentle", "Striped", "Hollow", "Warm",
    ]
    static let materials = [
        "Oak", "Clay", "Wool", "Linen", "Brass", "Walnut", "Glass", "Leather", "Porcelain", "Felt",
        "Silver", "Willow", "Cotton", "Stone", "Birch", "Iron", "Cork", "Silk", "Wax", "Paper",
    ]
    static let things = [
        "Bowl", "Mug", "Scarf", "Lamp", "Basket", "Spoon", "Vase", "Blanket", "Ring", "Notebook",
        "Candle", "Stool", "Apron", "Teapot", "Brooch", "Mirror", "Cushion", "Knife", "Kettle",
        "Plate", "Purse", "Bracelet", "Coaster", "Shelf", "Hat", "Bell", "Box",
    ]
}
