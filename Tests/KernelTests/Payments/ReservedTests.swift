import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Money that is reserved first and taken at once` {
    @Test func `and then refused is released, and another way can be taken`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let placed = try await shop.place(try await shop.checkout(thing), "reserve")
            #expect(placed.payment.state == .authorized)
            #expect(placed.purchase.state == .awaitingPayment)
            let order = try #require(try await shop.detail(placed).orders.first)
            await #expect(throws: OrderRefusal.notPaid) {
                try await shop.marketplace.cancelOrder(
                    order.order.id, reason: "no", as: .customer(shop.buyer))
            }
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 1))
            shop.bank.fail(.declined)

            try await shop.settle()

            #expect(try await shop.detail(placed).payment?.state == .failed)
            #expect(shop.bank.payments.map(\.status) == [.voided])
            let paid = try await shop.marketplace.payPurchase(
                placed.purchase.id, paying: shop.choice(), as: shop.buyer)
            #expect(paid.purchase.state == .paid)
            #expect(shop.bank.held == paid.purchase.total.amount)
        }
    }

    @Test func `and never taken is released when the purchase expires`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let placed = try await shop.place(try await shop.checkout(thing), "reserve")
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)

            // The capture is still under way: it may come.
            try await shop.marketplace.expirePurchases()
            #expect(try await shop.detail(placed).purchase.state == .awaitingPayment)
            try await shop.database.execute(
                "update payment_attempt set state = 'failed' where kind = 'capture'")
            try await shop.marketplace.expirePurchases()
            try await shop.settle()

            #expect(try await shop.detail(placed).purchase.state == .cancelled)
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 0))
            #expect(shop.bank.payments.map(\.status) == [.voided])
        }
    }

    @Test func `a call that everybody had given up is found and given back`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.callLost)
            let placed = try await shop.place(checkout)
            try await shop.hurry()
            try await shop.settle()
            #expect(try await shop.detail(placed).payment?.state == .failed)
            let paid = try await shop.marketplace.payPurchase(
                placed.purchase.id, paying: shop.choice(), as: shop.buyer)

            let key = try await shop.database.query(
                """
                select id::text from payment_attempt
                where payment_id = \(placed.payment.id) and kind = 'start'
                """
            ).decode { c in try c.next(String.self) }
            shop.bank.arrive(
                try #require(key.first), payment: placed.payment.id.description,
                placed.payment.amount)
            for _ in 0..<3 {
                try await shop.hurry()
                try await shop.settle()
            }

            #expect(shop.bank.held == paid.purchase.total.amount)
            #expect(try await shop.detail(placed).purchase.state == .paid)
        }
    }

    @Test func `purchases expire beside each other, however slow their bank is`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            for _ in 0..<5 {
                _ = try await shop.place(
                    try await shop.checkout(try await shop.thing()), "redirect")
            }
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
            shop.bank.slowDown(by: .seconds(3))

            let began = ContinuousClock.now
            #expect(try await shop.marketplace.expirePurchases() == 5)

            // One after the other would be fifteen seconds.
            #expect(ContinuousClock.now - began < .seconds(12))
            #expect(shop.bank.payments.allSatisfy { $0.status == .voided })
        }
    }
}
