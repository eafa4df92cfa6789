import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `What waits for somebody` {
    @Test func `is nothing in an empty market`() async throws {
        try await TestMarketplace.run { market in
            let waits = try await market.marketplace.whatWaits()

            #expect(waits.sellersSubmitted == 0)
            #expect(waits.paymentsUnknown == 0)
            #expect(waits.capturesRefused == 0)
            #expect(waits.listingsBlocked == 0)
            #expect(waits.bankPayoutsFailed == 0)
        }
    }

    @Test func `is a payment that nobody knows, until it is known`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.answerLost)
            _ = try await shop.place(checkout)
            #expect(try await market.marketplace.whatWaits().paymentsUnknown == 1)

            try await shop.hurry()
            try await shop.settle()

            #expect(try await market.marketplace.whatWaits().paymentsUnknown == 0)
        }
    }

    @Test func `is a listing that was blocked, until it is let go`() async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let bowl = try await market.given.listing(
                by: try await market.given.verifiedSeller())

            try await market.marketplace.blockListing(bowl.id, reason: "stolen", by: admin.id)
            #expect(try await market.marketplace.whatWaits().listingsBlocked == 1)
            try await market.marketplace.unblockListing(bowl.id, reason: "not so", by: admin.id)

            #expect(try await market.marketplace.whatWaits().listingsBlocked == 0)
        }
    }

    @Test func `is an order whose money was refused, until it came, though another's has not`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (first, second) = (try await shop.thing(), try await shop.thing())
            let orders = try await shop.bought(first, second)
            shop.bank.fail(.declined)
            try await shop.ship(orders[0], by: first)
            try await shop.settle()
            #expect(try await market.marketplace.whatWaits().capturesRefused == 1)

            try await market.marketplace.retryCapture(
                orders[0].order.id, reason: "The bank can again.",
                as: .seller(first.seller.member))
            try await shop.settle()

            #expect(try await market.marketplace.whatWaits().capturesRefused == 0)
        }
    }

    @Test func `is no money that was refused of a purchase that is over`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            _ = try await shop.place(try await shop.checkout(try await shop.thing()), "reserve")
            try await market.database.execute(
                "update payment_attempt set state = 'failed' where kind = 'capture'")
            #expect(try await market.marketplace.whatWaits().capturesRefused == 1)
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)

            try await market.marketplace.expirePurchases()

            #expect(try await market.marketplace.whatWaits().capturesRefused == 0)
        }
    }

    /// Most answers come a little late; a start is counted among the payments.
    @Test func `is a call without an answer once it is an hour old`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing()
            let order = try #require(try await shop.bought(thing).first)
            let other = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.answerLost)
            _ = try await shop.place(other)
            shop.bank.fail(.answerLost)
            try await shop.ship(order, by: thing)
            try await shop.settle()
            func age(minutes: Int) async throws {
                try await market.database.execute(
                    """
                    update payment_attempt
                    set created_at = now() - \(minutes)::int * interval '1 minute'
                    """)
            }

            try await age(minutes: 59)
            #expect(try await market.marketplace.whatWaits().callsUnanswered == 0)
            try await age(minutes: 61)
            #expect(try await market.marketplace.whatWaits().callsUnanswered == 1)
            #expect(try await market.marketplace.whatWaits().paymentsUnknown == 1)
        }
    }

    @Test func `is a refund that failed, once however often it did, until its money went back`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            counter.shop.bank.fail(.declined)
            let refused = try await counter.ask(order, .everything)
            try await counter.settle()
            #expect(try await market.marketplace.whatWaits().refundsFailed == 1)
            counter.shop.bank.fail(.declined)
            try await market.marketplace.retryRefund(
                refused, of: order.order.id, as: .admin(counter.admin.id))
            try await counter.settle()
            #expect(try await market.marketplace.whatWaits().refundsFailed == 1)

            try await counter.refund(order, .everything)

            #expect(counter.shop.bank.held == 0)
            #expect(try await market.marketplace.whatWaits().refundsFailed == 0)
        }
    }

    @Test func `is a payout that was not answered, and a provider that is left`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            #expect(try await market.marketplace.whatWaits().payoutsOpen == 1)

            earnings.shop.bank.fail(.answerLost)
            _ = try await market.marketplace.sendPayout(payout.id)
            #expect(try await market.marketplace.whatWaits().payoutsOpen == 1)
            _ = try await market.marketplace.sendPayout(payout.id)
            #expect(try await market.marketplace.whatWaits().payoutsOpen == 0)

            #expect(try await market.marketplace.whatWaits().providersDraining == 0)
            _ = try await market.marketplace.drainProviderInstance(
                earnings.shop.payment, reason: "We leave.", as: nil)
            #expect(try await market.marketplace.whatWaits().providersDraining == 1)
        }
    }
}
