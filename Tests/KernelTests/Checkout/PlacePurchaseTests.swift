import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Placing a purchase` {
    @Test func `three sellers' things in one payment become an order for each`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let (a, b, c) = (
                try await shop.thing(price: 1999), try await shop.thing(price: 350),
                try await shop.thing(price: 12_000)
            )
            let checkout = try await shop.checkout(a, b, c)

            let placed = try await shop.place(checkout)

            #expect(placed.refusal == nil)
            #expect(placed.purchase.state == .paid)
            #expect(placed.payment.state == .captured)
            let detail = try await shop.detail(placed)
            #expect(detail.orders.count == 3)
            #expect(detail.orders.allSatisfy { $0.order.state == .paid })
            let sum = try Money.sum(detail.orders.map(\.order.amounts.total), .eur)
            #expect(sum == placed.purchase.total)
            #expect(try await shop.stock(a) == Stock(onHand: 4, reserved: 0))
            #expect(shop.bank.held == sum.amount)
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 3)
            #expect(detail.orders.allSatisfy { $0.refundable == $0.order.amounts.total })
        }
    }

    @Test func `the same checkout placed twice at once is one purchase`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())

            let placed = try await withThrowingTaskGroup(of: ID<Purchase>.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await shop.place(checkout).purchase.id }
                }
                return try await group.reduce(into: Set<ID<Purchase>>()) { $0.insert($1) }
            }

            #expect(placed.count == 1)
            #expect(shop.bank.calls == ["start"])
            #expect(try await shop.count("select count(*) from purchase") == 1)
        }
    }

    @Test func `another total than the one that was seen is refused`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())

            await #expect(throws: PaymentRefusal.totalChanged(now: checkout.totals.total)) {
                try await shop.marketplace.placePurchase(
                    checkout.id, expecting: Money(1, .eur), paying: shop.choice(), as: shop.buyer)
            }
            #expect(shop.bank.calls.isEmpty)
        }
    }

    @Test func `an instance that takes no new payments is refused`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            try await market.database.execute(
                "update provider_instance set state = 'draining' where id = \(shop.payment)")

            await #expect(throws: PaymentRefusal.wayUnavailable) {
                try await shop.place(checkout)
            }
            await #expect(throws: PaymentRefusal.methodUnknown) {
                try await shop.place(checkout, "")
            }
        }
    }

    @Test func `what costs nothing is refused`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing(price: 0))

            await #expect(throws: PaymentRefusal.nothingToPay) { try await shop.place(checkout) }
        }
    }

    @Test func `a seller who was suspended meanwhile sells nothing`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let checkout = try await shop.checkout(thing)
            try await market.database.execute(
                "update seller set state = 'suspended' where id = \(thing.seller.id)")

            let refusal = CheckoutRefusal.sellerAway(line: 0, title: "Bowl")
            await #expect(throws: refusal) { try await shop.place(checkout) }
            await #expect(throws: refusal) {
                try await shop.marketplace.chooseShipping(
                    checkout.id, parcel: 0, option: "parcel", as: shop.buyer)
            }
            await #expect(throws: refusal) {
                try await shop.marketplace.waysToPay(checkout.id, as: shop.buyer)
            }
            await #expect(throws: refusal) { try await shop.checkout(thing) }
        }
    }

    @Test func `someone else's checkout is missing`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            let other = Buyer(guestToken: "somebody else")

            await #expect(throws: CheckoutRefusal.missing) {
                try await shop.place(checkout, as: other)
            }
        }
    }

    @Test func `an expired checkout cannot be placed, and reads as expired`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)

            let found = try await shop.marketplace.findCheckout(checkout.id, as: shop.buyer)
            #expect(found.state == .expired)
            await #expect(throws: CheckoutRefusal.expired) { try await shop.place(checkout) }
        }
    }
}
