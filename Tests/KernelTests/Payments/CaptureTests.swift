import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Taking the money at shipment` {
    @Test func `each order's share is captured and booked when it is shipped`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (a, b) = (try await shop.thing(price: 1000), try await shop.thing(price: 500))
            let orders = try await shop.bought(a, b)
            #expect(orders.allSatisfy { $0.order.state == .paid })
            #expect(orders.allSatisfy { $0.refundable.isZero })
            #expect(shop.bank.held == 0)
            await #expect(throws: OrderRefusal.notCaptured) {
                try await shop.marketplace.refundOrder(
                    orders[0].order.id, reason: "broken", as: .seller(a.seller.member))
            }

            try await shop.ship(orders[0], by: a)
            try await shop.settle()
            #expect(shop.bank.held == 1000)
            try await shop.ship(orders[1], by: b)
            try await shop.settle()

            #expect(shop.bank.held == 1500)
            #expect(shop.bank.calls == ["start", "capture", "capture"])
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 2)
        }
    }

    @Test func `only the capture after which none comes lets go of what is left`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (a, b) = (try await shop.thing(price: 1000), try await shop.thing(price: 500))
            let orders = try await shop.bought(a, b, try await shop.thing(price: 300))

            try await shop.ship(orders[0], by: a)
            try await shop.settle()
            try await shop.marketplace.cancelOrder(
                orders[2].order.id, reason: "changed my mind", as: .customer(shop.buyer))
            try await shop.ship(orders[1], by: b)
            try await shop.settle()

            let last = try await market.database.query(
                """
                select coalesce(is_final, false) from payment_attempt
                where kind = 'capture' order by id
                """
            ).decode { c in try c.next(Bool.self) }
            #expect(last == [false, true])
        }
    }

    @Test func `a capture whose answer was lost is made once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing(price: 1000)
            let order = try #require(try await shop.bought(thing).first)
            try await shop.ship(order, by: thing)
            shop.bank.fail(.answerLost)

            try await shop.settle()
            #expect(shop.bank.held == 1000)
            #expect(try await shop.count("select captured::int from payment_share") == 0)
            try await shop.hurry()
            try await shop.settle()

            #expect(shop.bank.held == 1000)
            #expect(try await shop.count("select captured::int from payment_share") == 1000)
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 1)
        }
    }

    @Test func `what the provider refuses to take is told to the seller and the back office`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let finance = try await market.given.administrator(.finance)
            let catalogue = try await market.given.administrator(.catalogue)
            let thing = try await shop.thing(price: 1000)
            let order = try #require(try await shop.bought(thing).first)
            try await shop.ship(order, by: thing)
            shop.bank.fail(.declined)

            try await shop.settle()
            try await market.tellEverybody()

            func told(_ account: Account, _ audience: Notice.Audience) async throws -> [String] {
                try await market.marketplace.notices(of: account.id, as: audience, PageRequest())
                    .items.map(\.topic)
            }
            #expect(
                try await told(thing.seller.owner, .seller).contains("order.capture-refused"))
            #expect(try await told(finance, .administrator) == ["order.capture-refused"])
            #expect(try await told(catalogue, .administrator).isEmpty)
            #expect(try await market.marketplace.whatWaits().capturesRefused == 1)
        }
    }

    @Test func `what was refused is asked for again, by the market and by the seller`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing(price: 1000)
            let order = try #require(try await shop.bought(thing).first)
            let member = OrderActor.seller(thing.seller.member)
            try await shop.ship(order, by: thing)
            await #expect(throws: OrderRefusal.captureNotRefused) {
                try await market.marketplace.retryCapture(order.order.id, as: member)
            }
            shop.bank.fail(.declined)
            try await shop.settle()
            // Not before its time.
            #expect(try await market.marketplace.retryRefusedCaptures() == 0)
            try await market.database.execute(
                "update payment_attempt set settled_at = now() - interval '61 minutes'")
            shop.bank.fail(.declined)
            #expect(try await market.marketplace.retryRefusedCaptures() == 1)
            #expect(try await market.marketplace.retryRefusedCaptures() == 0)
            try await shop.settle()
            #expect(shop.bank.held == 0)
            let refused = try await market.marketplace.findOrder(
                order.order.id, as: thing.seller.member)
            #expect(refused.isCaptureRefused)

            try await market.marketplace.retryCapture(
                order.order.id, reason: "The bank can again.", as: member)
            let line = try #require(
                try await market.marketplace.auditTrail(
                    .object(kind: "order", id: "\(order.order.id)"), PageRequest()
                ).items.first)
            #expect(line.action == "order.capture-requested")
            #expect(line.reason?.hasSuffix("once more: The bank can again.") == true)
            await #expect(throws: OrderRefusal.captureNotRefused) {
                try await market.marketplace.retryCapture(order.order.id, as: member)
            }
            try await shop.settle()

            #expect(shop.bank.held == 1000)
            #expect(shop.bank.calls.filter { $0 == "capture" }.count == 3)
            let taken = try await market.marketplace.findOrder(
                order.order.id, as: thing.seller.member)
            #expect(!taken.isCaptureRefused)
            #expect(try await market.marketplace.whatWaits().capturesRefused == 0)
            let report = try await market.marketplace.verifyLedger()
            #expect(report.checks.flatMap(\.culprits).isEmpty)
        }
    }

    @Test func `what is refused again and again is not asked for for ever`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing(price: 1000)
            let order = try #require(try await shop.bought(thing).first)
            try await shop.ship(order, by: thing)
            var asked = 0
            for _ in 0..<10 {
                shop.bank.fail(.declined)
                try await shop.settle()
                shop.bank.recover()
                try await market.database.execute(
                    "update payment_attempt set settled_at = now() - interval '100 days'")
                asked += try await market.marketplace.retryRefusedCaptures()
            }

            #expect(asked == 6)
        }
    }

    @Test func `a capture is asked for again exactly as it was asked first`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (a, b) = (try await shop.thing(price: 1000), try await shop.thing(price: 500))
            let orders = try await shop.bought(a, b)
            try await shop.ship(orders[0], by: a)
            shop.bank.fail(.answerLost)
            try await shop.settle()
            try await shop.ship(orders[1], by: b)
            try await shop.settle()

            // By now the first order's capture would be the last one.
            try await shop.hurry()
            try await shop.settle()

            #expect(shop.bank.keysReused == 0)
            #expect(shop.bank.held == 1500)
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 2)
        }
    }

    @Test func `a no to the second try is not believed before the bank was asked`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing(price: 1000)
            try await shop.ship(try #require(try await shop.bought(thing).first), by: thing)
            shop.bank.fail(.answerLost, .declined)

            try await shop.settle()
            try await shop.hurry()
            try await shop.settle()

            #expect(shop.bank.held == 1000)
            #expect(try await shop.count("select captured::int from payment_share") == 1000)
        }
    }

    @Test func `what the provider may have forgotten is looked up and not sent again`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (a, b) = (try await shop.thing(price: 500), try await shop.thing(price: 1000))
            let orders = try await shop.bought(a, b)
            try await shop.ship(orders[0], by: a)
            shop.bank.fail(.answerLost)
            try await shop.settle()
            shop.bank.forgetKeys()
            try await shop.database.execute(
                """
                update payment_attempt set created_at = now() - interval '24 hours',
                    first_sent_at = now() - interval '24 hours'
                """)

            #expect(try await shop.marketplace.whatWaits().callsUnanswered == 1)
            try await shop.hurry()
            try await shop.settle()

            #expect(shop.bank.held == 500)
            #expect(shop.bank.calls == ["start", "capture"])
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 1)
            #expect(try await shop.marketplace.whatWaits().callsUnanswered == 0)
        }
    }

    @Test func `an order whose reservation ended is not shipped but can be cancelled`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing()
            let order = try #require(try await shop.bought(thing).first)
            let reference = try #require(shop.bank.payments.first?.reference)
            shop.bank.lapse(reference)
            try await shop.deliver(shop.bank.webhook(reference))
            try await market.worker().drain()

            await #expect(throws: OrderRefusal.paymentLost) {
                try await shop.ship(order, by: thing)
            }
            #expect(try await shop.stock(thing) == Stock(onHand: 4, reserved: 0))
            try await shop.marketplace.cancelOrder(
                order.order.id, reason: "The reservation ended.", as: .seller(thing.seller.member))
            try await shop.settle()

            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 0))
            #expect(shop.bank.calls == ["start"])
        }
    }

    @Test func `a cancelled order's share is never taken, and the last one is released`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (a, b) = (try await shop.thing(price: 1000), try await shop.thing(price: 500))
            let orders = try await shop.bought(a, b)

            try await shop.marketplace.cancelOrder(
                orders[0].order.id, reason: "changed my mind", as: .customer(shop.buyer))
            try await shop.settle()
            #expect(shop.bank.calls == ["start"])
            try await shop.marketplace.cancelOrder(
                orders[1].order.id, reason: "sold elsewhere", as: .seller(b.seller.member))
            try await shop.settle()

            #expect(shop.bank.calls == ["start", "void"])
            #expect(shop.bank.payments.map(\.status) == [.voided])
            #expect(try await shop.stock(a) == Stock(onHand: 5, reserved: 0))
            #expect(try await shop.stock(b) == Stock(onHand: 5, reserved: 0))
        }
    }
}

extension Shop {
    @discardableResult
    func ship(_ order: OrderDetail, by thing: GivenThing) async throws -> OrderDetail {
        try await marketplace.shipOrder(
            order.order.id,
            in: try ShippedParcel(carrier: "DHL", trackingNumber: "00340434161094042557"),
            as: thing.seller.member)
    }
}
