import Kernel
@_spi(Statements) import Postgres
import TestSupport
import Testing

@Suite struct `What was pinned at placement` {
    static let changes = [
        "update payment set instance_id = gen_random_uuid()",
        "update payment set purchase_id = gen_random_uuid()",
        "update payment set amount = amount - 1", "update payment set currency = 'USD'",
        "update payment set mode = 'live'",
        "update payment_share set order_id = gen_random_uuid()",
        "update payment_share set amount = amount - 1",
        "update orders set seller_id = gen_random_uuid()",
        "update orders set wallet_id = gen_random_uuid()",
        "update orders set purchase_id = gen_random_uuid()", "update orders set currency = 'USD'",
        "update order_line set title = 'Another bowl'", "update order_line set quantity = 1",
        "update order_line set unit_price = unit_price - 1",
        "update order_line set order_id = gen_random_uuid()",
    ]

    @Test func `is changed by nobody, not even by the owner of the schema`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            _ = try await shop.bought(try await shop.thing(), try await shop.thing())

            for database in [market.database, market.storage.owner] {
                for change in Self.changes {
                    let error = await #expect(throws: PostgresError.self, "\(change)") {
                        try await database.execute(SQL(trusted: change))
                    }
                    #expect(error?.sqlState == "42501", "\(change)")
                }
            }
        }
    }
}
