import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Nobody had heard of the first payment, so the customer paid again; then the first came as well.
@Suite struct `An order that was paid at the second attempt` {
    private struct Scene {
        let shop: Shop
        let thing: GivenThing
        let first: ID<Payment>
        let second: ID<Payment>
        let order: ID<Order>

        /// The first payment is there, and its money is still to go back.
        init(_ market: TestMarketplace) async throws {
            shop = try await Shop(market)
            thing = try await shop.thing()
            shop.bank.fail(.callLost)
            let placed = try await shop.place(try await shop.checkout(thing))
            first = placed.payment.id
            try await shop.hurry()
            try await shop.settle()
            let paid = try await shop.marketplace.payPurchase(
                placed.purchase.id, paying: shop.choice(), as: shop.buyer)
            second = paid.payment.id
            order = try #require(try await shop.detail(paid).orders.first).order.id
            let key = try await shop.database.query(
                "select id::text from payment_attempt where payment_id = \(first)"
            ).decode { c in try c.next(String.self) }
            shop.bank.arrive(
                try #require(key.first), payment: first.description, placed.payment.amount)
            try await shop.hurry()
            try await shop.marketplace.settlePayments()
            try #require(try await state(of: first) == "late")
        }

        func state(of payment: ID<Payment>) async throws -> String? {
            try await shop.database.query("select state from payment where id = \(payment)")
                .decode { c in try c.next(String.self) }.first
        }

        /// What was asked to go back because of somebody's decision.
        func asked() async throws -> [ID<Payment>] {
            try await shop.database.query(
                "select payment_id from refund where kind <> 'stray'"
            ).decode { c in try c.next(ID<Payment>.self) }
        }
    }

    @Test func `gives a part back of the payment that took its money`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let member = scene.thing.seller.member
            try await scene.shop.marketplace.shipOrder(
                scene.order, in: try ShippedParcel(carrier: "Post"), as: member)

            try await scene.shop.marketplace.refundOrder(
                scene.order, .amount(Money(500, .eur)), reason: "a scratch", as: .seller(member))
            let asked = try await scene.asked()
            try await scene.shop.settle()

            #expect(asked == [scene.second])
            let total = scene.shop.bank.payments.map(\.captured.amount).max() ?? 0
            #expect(scene.shop.bank.held == total - 500)
            #expect(try await market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `gives all of it back when it is cancelled, and the first payment by itself`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)

            try await scene.shop.marketplace.cancelOrder(
                scene.order, reason: "too blue", as: .customer(scene.shop.buyer))
            let asked = try await scene.asked()
            try await scene.shop.settle()

            #expect(asked == [scene.second])
            #expect(scene.shop.bank.held == 0)
            #expect(try await market.marketplace.verifyLedger().isClean)
        }
    }

    /// Whoever asks which payment has an order's money gets one answer.
    @Test func `has one payment only whose money is for it`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)

            for state in ["authorized", "captured", "processing"] {
                await #expect {
                    try await market.database.execute(
                        "update payment set state = \(state) where id = \(scene.first)")
                } throws: { error in
                    (error as? PostgresError)?.constraint == "payment_one_live"
                }
            }
        }
    }

    /// What a provider can do with money is asked of the one that has it.
    @Test(arguments: [true, false])
    func `may be given back in parts if the provider that has the money can do that`(
        _ isWholeFirst: Bool
    ) async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let whole = try await market.given.instance(ofPayments: "test-whole")
            let ways = isWholeFirst ? [whole, shop.payment] : [shop.payment, whole]
            let thing = try await shop.thing()
            let checkout = try await shop.checkout(thing)
            let declined = try await shop.marketplace.placePurchase(
                checkout.id, expecting: checkout.totals.total,
                paying: shop.choice("declined", at: ways[0]), as: shop.buyer)
            #expect(declined.payment.state == .failed)
            let paid = try await shop.marketplace.payPurchase(
                declined.purchase.id, paying: shop.choice(at: ways[1]), as: shop.buyer)
            let order = try #require(try await shop.detail(paid).orders.first).order.id
            let seller = OrderActor.seller(thing.seller.member)
            try await shop.marketplace.shipOrder(
                order, in: try ShippedParcel(carrier: "Post"), as: thing.seller.member)

            if isWholeFirst {
                try await shop.marketplace.refundOrder(
                    order, .amount(Money(500, .eur)), reason: "a scratch", as: seller)
            } else {
                await #expect(throws: RefundRefusal.wholeOnly) {
                    try await shop.marketplace.refundOrder(
                        order, .amount(Money(500, .eur)), reason: "a scratch", as: seller)
                }
                try await shop.marketplace.refundOrder(
                    order, .everything, reason: "a scratch", as: seller)
            }
            try await shop.settle()

            let left = isWholeFirst ? checkout.totals.total.amount - 500 : 0
            #expect(TestBank.of(ways[1]).held == left)
        }
    }

    @Test func `is paid for at its delivery by what was promised, not by the card before`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let declined = try await till.shop.place(
                try await till.shop.checkout(till.thing), "declined")
            let promised = try await till.shop.marketplace.payPurchase(
                declined.purchase.id, paying: till.shop.choice("cash", at: till.way),
                as: till.shop.buyer)
            let order = try await till.order(promised).id
            try await till.ship(order)

            let collected = try await till.collect(
                order, as: .seller(till.thing.seller.member))

            #expect(collected.id == promised.payment.id && collected.state == .captured)
            #expect(try await till.detail(order).order.state == .delivered)
            try await till.checkBooks()
        }
    }
}
