import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Commission that a process remembers` {
    /// What the market keeps of a purchase of one thing for 2000, by a process that has sold it
    /// before; `change` happens between checkout and purchase.
    private func kept(
        _ market: TestMarketplace, after change: (Shop, GivenThing) async throws -> Void
    ) async throws -> Int {
        let shop = try await Shop(market)
        let thing = try await shop.thing(price: 2000)
        _ = try await shop.bought(thing)
        let checkout = try await shop.checkout(thing)
        try await change(shop, thing)
        let placed = try await shop.place(checkout)
        return try await shop.count(
            "select commission::int from orders where purchase_id = \(placed.purchase.id)")
    }

    private func add(
        _ percent: Int64, for thing: GivenThing, in shop: Shop, from: Instant? = nil
    ) async throws {
        let admin = try await shop.market.given.administrator()
        _ = try await shop.marketplace.addCommissionRule(
            CommissionDraft(
                CommissionScope(seller: thing.seller.id), rate: PartsPerMillion(percent: percent),
                effectiveFrom: from),
            as: admin.id, reason: "a test")
    }

    @Test func `is used as long as nothing changes`() async throws {
        try await TestMarketplace.run { market in
            let commission = try await kept(market) { _, _ in }
            #expect(commission == 200)
        }
    }

    @Test func `is not used when a rule was published between checkout and purchase`()
        async throws
    {
        try await TestMarketplace.run { market in
            let commission = try await kept(market) { shop, thing in
                try await add(20, for: thing, in: shop)
            }
            #expect(commission == 400)
        }
    }

    @Test func `is not used when a rule that was known began meanwhile`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(price: 2000)
            let soon = try await shop.marketplace.marketNow().advanced(by: .seconds(600))
            try await add(30, for: thing, in: shop, from: soon)
            _ = try await shop.bought(thing)
            let checkout = try await shop.checkout(thing)

            try await shop.marketplace.moveClock(by: .seconds(601), as: nil)
            let placed = try await shop.place(checkout)

            #expect(
                try await shop.count(
                    "select commission::int from orders where purchase_id = \(placed.purchase.id)")
                    == 600)
        }
    }

    @Test func `is not used when what a seller owes on it changed`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(price: 2000)
            _ = try await shop.bought(thing)
            let checkout = try await shop.checkout(thing)
            try await shop.database.execute(
                """
                insert into commission_vat (country, rate_ppm, reverse_charge)
                select country, 500000, false from seller where id = \(thing.seller.id)
                on conflict (country) do update
                    set rate_ppm = excluded.rate_ppm, reverse_charge = excluded.reverse_charge
                """)

            let placed = try await shop.place(checkout)

            #expect(
                try await shop.count(
                    """
                    select commission_vat::int from orders
                    where purchase_id = \(placed.purchase.id)
                    """) == 100)
        }
    }
}
