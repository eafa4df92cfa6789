import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Stripe captures a payment once. An administrator wants the money taken at the shipment.
@Suite struct `Taking the money at shipment at Stripe` {
    private static func post() throws -> ShippedParcel { try ShippedParcel(carrier: "Post") }

    /// An order of one shop with two things in it.
    private static func bought(
        _ town: StripeTown, _ method: String = "pm_card_visa"
    ) async throws -> (seller: GivenSeller, placed: PlacedPurchase) {
        let seller = try await town.market.given.verifiedSeller("Clay")
        let things = [try await town.thing(seller, 3000), try await town.thing(seller, 2000)]
        return (seller, try await town.buy(things, method))
    }

    private static func order(
        _ placed: PlacedPurchase, _ town: StripeTown
    ) async throws -> OrderDetail {
        try #require(try await town.detail(placed).orders.first)
    }

    private static func intent(_ town: StripeTown) async throws -> FakeStripe.Books.Payment {
        let all = try await town.stripe.books().payments
        try #require(all.count == 1)
        return all[0]
    }

    @Test func `one order is taken whole at its first parcel, and the second asks for nothing`()
        async throws
    {
        try await StripeTown.run(capture: .atShipment) { town in
            let (seller, placed) = try await Self.bought(town)
            let order = try await Self.order(placed, town)
            let total = placed.purchase.total.amount
            #expect(placed.purchase.state == .paid)
            #expect(try await Self.intent(town).status == "requires_capture")
            #expect(try await town.clearing() == 0)

            let first = ShippedLine(line: order.lines[0].id, quantity: 1)
            let partly = try await town.marketplace.shipOrder(
                order.order.id, [first], in: try Self.post(), as: seller.member)
            #expect(partly.order.state == .partlyShipped)
            try await town.eventually("all of it is taken") {
                try await Self.intent(town).received == total
            }
            try await town.goOn()
            let shipped = try await town.marketplace.shipOrder(
                order.order.id, in: try Self.post(), as: seller.member)
            try await town.goOn()

            #expect(shipped.order.state == .shipped && !shipped.isCaptureRefused)
            let asked = try await town.market.database.query(
                "select is_final from payment_attempt where kind = 'capture'"
            ).decode { c in try c.next(Bool?.self) }
            #expect(asked == [true], "one capture, the last")
        }
    }

    @Test func `what was left out of the parcel goes back from what was taken`() async throws {
        try await StripeTown.run(capture: .atShipment) { town in
            let (seller, placed) = try await Self.bought(town)
            let order = try await Self.order(placed, town)
            let admin = try await town.market.given.administrator()
            let left = RefundWish.lines(
                [RefundedLine(line: order.lines[1].id, quantity: 1)], shipping: false)
            try await town.marketplace.shipOrder(
                order.order.id, [ShippedLine(line: order.lines[0].id, quantity: 1)],
                in: try Self.post(), as: seller.member)
            try await town.eventually("it is taken") {
                try await Self.order(placed, town).refundable.isPositive
            }

            try await town.marketplace.refundOrder(
                order.order.id, left, reason: "sold out", as: .admin(admin.id))

            try await town.eventually("its price went back") {
                try await Self.intent(town).refunded == order.lines[1].total.amount
            }
            #expect(try await Self.order(placed, town).order.state == .shipped)
        }
    }

    /// Stripe releases what a capture leaves ("the remaining amount is automatically canceled",
    /// docs.stripe.com/payments/place-a-hold-on-a-payment-method), in its books and in ours.
    @Test(arguments: ["", "lost", "held", "broken", "gone"])
    func `what is called off before it is taken never is`(_ fault: String) async throws {
        try await StripeTown.run(capture: .atShipment) { town in
            let (seller, placed) = try await Self.bought(town)
            let order = try await Self.order(placed, town)
            let total = placed.purchase.total.amount
            if !fault.isEmpty {
                try await town.stripe.control(
                    "faults",
                    """
                    {"only": "^POST /v1/payment_intents/.*/capture$", "next": ["\(fault)"],
                     "held_seconds": 6}
                    """)
            }

            try await town.marketplace.refundOrder(
                order.order.id,
                .lines([RefundedLine(line: order.lines[1].id, quantity: 1)], shipping: false),
                reason: "sold out", as: .seller(seller.member))
            let off = try #require(try await Self.order(placed, town).refunds.first)
            #expect(off.state == .calledOff && off.amount.amount >= 2000)
            #expect(try await Self.intent(town).status == "requires_capture")
            try await town.marketplace.shipOrder(
                order.order.id, in: try Self.post(), as: seller.member)

            try await town.eventually("the rest is taken and booked") {
                try await Self.order(placed, town).refundable.amount == total - off.amount.amount
            }
            let intent = try await Self.intent(town)
            #expect(intent.received == total - off.amount.amount && intent.refunded == 0)
            #expect(intent.status == "succeeded", "nothing of it is reserved any more")
            #expect(try await town.clearing() == total - off.amount.amount)
            #expect(try await Self.order(placed, town).order.state == .shipped)
        }
    }

    @Test func `a purchase of several shops is taken when it is paid`() async throws {
        try await StripeTown.run(capture: .atShipment) { town in
            var things: [ID<Variant>] = []
            for name in ["Clay", "Wood"] {
                let seller = try await town.market.given.verifiedSeller(name)
                things.append(try await town.thing(seller, 2000))
            }

            let placed = try await town.buy(things)

            #expect(placed.purchase.state == .paid && placed.payment.capture == .atOrder)
            #expect(try await Self.intent(town).received == placed.purchase.total.amount)
        }
    }

    @Test func `an order that is cancelled before its shipment is released, and nothing is taken`()
        async throws
    {
        try await StripeTown.run(capture: .atShipment) { town in
            let (seller, placed) = try await Self.bought(town, "checkout")
            guard case .redirect(let page) = placed.next else {
                Issue.record("\(placed.next)")
                return
            }
            _ = try await town.stripe.press(page, "pm_card_visa")
            try await town.eventually("the page is paid") {
                try await town.detail(placed).purchase.state == .paid
            }
            #expect(try await Self.intent(town).status == "requires_capture")

            let order = try await Self.order(placed, town)
            try await town.marketplace.cancelOrder(
                order.order.id, reason: "changed my mind", as: .customer(town.buyer))
            try await town.eventually("it is released") {
                try await Self.intent(town).status == "canceled"
            }

            #expect(try await Self.intent(town).received == 0)
            #expect(try await town.detail(placed).payment?.state == .voided)
            await #expect(throws: OrderRefusal.self) {
                try await town.marketplace.shipOrder(
                    order.order.id, in: try Self.post(), as: seller.member)
            }
        }
    }

    @Test func `a reservation that ended is shipped no more, and can be cancelled`() async throws {
        try await StripeTown.run(capture: .atShipment) { town in
            let (seller, placed) = try await Self.bought(town)
            let order = try await Self.order(placed, town)
            let reference = try #require(try await town.detail(placed).payment?.reference)

            try await town.stripe.control("payment_intents/\(reference)/lapse")
            try await town.eventually("the webhook ends it") {
                try await town.detail(placed).payment?.state == .voided
            }

            await #expect(throws: OrderRefusal.paymentLost) {
                try await town.marketplace.shipOrder(
                    order.order.id, in: try Self.post(), as: seller.member)
            }
            let events = try await Self.order(placed, town).events
            #expect(events.contains { $0.kind == "authorization-lost" })
            try await town.marketplace.cancelOrder(
                order.order.id, reason: "The reservation ended.", as: .seller(seller.member))
            #expect(try await Self.order(placed, town).order.state == .cancelled)
        }
    }

    @Test func `one that ended unheard of is refused at the shipment, and people are told`()
        async throws
    {
        try await StripeTown.run(capture: .atShipment) { town in
            let finance = try await town.market.given.administrator(.finance)
            let (seller, placed) = try await Self.bought(town)
            let order = try await Self.order(placed, town)
            let reference = try #require(try await town.detail(placed).payment?.reference)
            try await town.stripe.control("chaos", #"{"lost": 1}"#)
            try await town.stripe.control("payment_intents/\(reference)/lapse")

            try await town.marketplace.shipOrder(
                order.order.id, in: try Self.post(), as: seller.member)
            try await town.eventually("Stripe's no is written") {
                try await Self.order(placed, town).isCaptureRefused
            }

            try await town.market.tellEverybody()
            let notices = try await town.marketplace.notices(
                of: finance.id, as: .administrator, PageRequest()
            ).items.map(\.topic)
            #expect(notices.contains("order.capture-refused"))
            #expect(try await town.clearing() == 0)
        }
    }

    @Test(arguments: ["lost", "held", "broken", "gone", "busy", "conflict"])
    func `it is taken once, whatever goes wrong`(_ fault: String) async throws {
        try await StripeTown.run(capture: .atShipment) { town in
            let (seller, placed) = try await Self.bought(town)
            let order = try await Self.order(placed, town)
            try await town.stripe.control(
                "faults",
                """
                {"only": "^POST /v1/payment_intents/.*/capture$", "next": ["\(fault)"],
                 "held_seconds": 6}
                """)

            try await town.marketplace.shipOrder(
                order.order.id, in: try Self.post(), as: seller.member)
            try await town.eventually("it is taken and booked") {
                try await Self.order(placed, town).refundable == placed.purchase.total
            }
            #expect(try await Self.intent(town).received == placed.purchase.total.amount)
        }
    }
}
