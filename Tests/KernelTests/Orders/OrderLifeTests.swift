import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `An order's life` {
    @Test func `it is shipped in parts, delivered, and its hold begins`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let checkout = try await shop.marketplace.startCheckout(
                [CheckoutItem(variant: thing.variant, quantity: 3)], to: Shop.address,
                email: "grace@example.com", as: shop.buyer)
            let placed = try await shop.place(checkout)
            let order = try #require(try await shop.detail(placed).orders.first)
            let line = order.lines[0].id
            let parcel = try ShippedParcel(
                carrier: "DHL", trackingNumber: "123", trackingURL: "https://dhl.example/123")
            func ship(_ quantity: Int) async throws -> OrderDetail {
                try await shop.marketplace.shipOrder(
                    order.order.id, [ShippedLine(line: line, quantity: quantity)], in: parcel,
                    as: thing.seller.member)
            }

            #expect(try await ship(1).order.state == .partlyShipped)
            await #expect(throws: OrderRefusal.tooMany(0)) { try await ship(3) }
            await #expect(throws: OrderRefusal.notShipped) {
                try await shop.marketplace.confirmDelivery(order.order.id, as: shop.buyer)
            }
            let shipped = try await ship(2)
            #expect(shipped.order.state == .shipped)
            #expect(shipped.shipments.map(\.trackingNumber) == ["123", "123"])
            await #expect(throws: OrderRefusal.alreadyShipped) { try await ship(1) }
            let delivered = try await shop.marketplace.confirmDelivery(
                order.order.id, as: shop.buyer)

            #expect(delivered.order.state == .delivered)
            #expect(
                delivered.events.map(\.kind) == ["placed", "paid"] + ["shipped", "shipped"]
                    + ["delivered"])
            let deliveredAt = try #require(delivered.order.deliveredAt)
            #expect(delivered.order.holdUntil == deliveredAt.advanced(days: 7))
            await #expect(throws: OrderRefusal.alreadyDelivered) {
                try await shop.marketplace.confirmDelivery(order.order.id, as: shop.buyer)
            }
        }
    }

    @Test func `what makes no sense in a parcel is refused by name`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let order = try #require(try await shop.bought(thing).first)
            let parcel = try ShippedParcel(carrier: "DHL")
            func ship(_ lines: [ShippedLine]?, as member: SellerMember) async throws {
                try await shop.marketplace.shipOrder(
                    order.order.id, lines, in: parcel, as: member)
            }

            await #expect(throws: OrderRefusal.nothingToShip) {
                try await ship([], as: thing.seller.member)
            }
            await #expect(throws: OrderRefusal.lineUnknown(0)) {
                try await ship(
                    [ShippedLine(line: ID(), quantity: 1)], as: thing.seller.member)
            }
            let other = try await market.given.verifiedSeller("Somebody else")
            await #expect(throws: OrderRefusal.missing) { try await ship(nil, as: other.member) }
            #expect(throws: OrderRefusal.trackingInvalid(field: "carrier")) {
                try ShippedParcel(carrier: " ")
            }
            #expect(throws: OrderRefusal.trackingInvalid(field: "trackingUrl")) {
                try ShippedParcel(carrier: "DHL", trackingURL: "javascript:alert(1)")
            }
        }
    }

    @Test func `what nobody paid cannot be shipped, cancelled or refunded`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let placed = try await shop.place(try await shop.checkout(thing), "redirect")
            let order = try #require(try await shop.detail(placed).orders.first)

            await #expect(throws: OrderRefusal.notPaid) { try await shop.ship(order, by: thing) }
            await #expect(throws: OrderRefusal.notPaid) {
                try await shop.marketplace.cancelOrder(
                    order.order.id, reason: "no", as: .customer(shop.buyer))
            }
            await #expect(throws: OrderRefusal.notPaid) {
                try await shop.marketplace.refundOrder(
                    order.order.id, reason: "no", as: .seller(thing.seller.member))
            }
            await #expect(throws: OrderRefusal.notPaid) {
                try await shop.marketplace.confirmDelivery(order.order.id, as: shop.buyer)
            }
        }
    }

    @Test func `cancelling one order touches no sibling and restocks once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let (a, b) = (try await shop.thing(price: 1000), try await shop.thing(price: 500))
            let orders = try await shop.bought(a, b)

            try await shop.marketplace.cancelOrder(
                orders[0].order.id, reason: "It broke in the kiln.", as: .seller(a.seller.member))
            await #expect(throws: OrderRefusal.cancelled) {
                try await shop.marketplace.cancelOrder(
                    orders[0].order.id, reason: "again", as: .customer(shop.buyer))
            }
            await #expect(throws: OrderRefusal.cancelled) {
                try await shop.ship(orders[0], by: a)
            }
            try await shop.settle()

            #expect(try await shop.stock(a) == Stock(onHand: 5, reserved: 0))
            #expect(try await shop.stock(b) == Stock(onHand: 4, reserved: 0))
            let now = try await shop.marketplace.findOrder(orders[0].order.id, as: shop.buyer)
            #expect(now.order.state == .cancelled)
            #expect(now.refunds.map(\.state) == [.succeeded])
            #expect(now.refundable.isZero)
            let sibling = try await shop.marketplace.findOrder(orders[1].order.id, as: shop.buyer)
            #expect(sibling.order.state == .paid)
            #expect(shop.bank.held == 500)
            #expect(
                try await shop.count(
                    """
                    select coalesce(sum(amount), 0)::int from ledger_entry
                    where order_id = \(orders[0].order.id)
                    """) == 0)
            await #expect(throws: OrderRefusal.nothingToRefund) {
                try await shop.marketplace.refundOrder(
                    orders[0].order.id, reason: "again", as: .admin(shop.customer.id))
            }
        }
    }

    @Test func `a shipped order is not cancelled but refunded, once at a time`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(price: 1000)
            let order = try #require(try await shop.bought(thing).first)
            let actor = OrderActor.seller(thing.seller.member)
            await #expect(throws: OrderRefusal.notShippedYet) {
                try await shop.marketplace.refundOrder(order.order.id, reason: "no", as: actor)
            }
            await #expect(throws: OrderRefusal.reasonMissing) {
                try await shop.marketplace.refundOrder(order.order.id, reason: " ", as: actor)
            }
            try await shop.ship(order, by: thing)
            await #expect(throws: OrderRefusal.alreadyShipped) {
                try await shop.marketplace.cancelOrder(order.order.id, reason: "no", as: actor)
            }
            await #expect(throws: OrderRefusal.missing) {
                try await shop.marketplace.refundOrder(
                    order.order.id, reason: "give it back", as: .customer(shop.buyer))
            }

            try await shop.marketplace.refundOrder(
                order.order.id, reason: "It arrived broken.", as: actor)
            await #expect(throws: OrderRefusal.refundUnderWay) {
                try await shop.marketplace.refundOrder(order.order.id, reason: "again", as: actor)
            }
            try await shop.settle()

            let now = try await shop.marketplace.findOrder(order.order.id, as: shop.buyer)
            #expect(now.refunds.map(\.state) == [.succeeded])
            #expect(now.order.state == .shipped)
            #expect(shop.bank.held == 0)
            await #expect(throws: OrderRefusal.nothingToRefund) {
                try await shop.marketplace.refundOrder(order.order.id, reason: "again", as: actor)
            }
        }
    }

    @Test func `a refund that failed gives the amount back and can be tried again`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(price: 1000)
            let order = try #require(try await shop.bought(thing).first)
            try await shop.ship(order, by: thing)
            let actor = OrderActor.admin(shop.customer.id)
            try await shop.marketplace.refundOrder(order.order.id, reason: "broken", as: actor)
            shop.bank.fail(.declined)

            try await shop.settle()
            let failed = try await shop.marketplace.findOrder(order.order.id, as: shop.buyer)
            #expect(failed.refunds.map(\.state) == [.failed])
            #expect(failed.refundable == Money(1000, .eur))
            try await shop.marketplace.refundOrder(order.order.id, reason: "broken", as: actor)
            try await shop.settle()

            let now = try await shop.marketplace.findOrder(order.order.id, as: shop.buyer)
            #expect(now.refunds.map(\.state) == [.failed, .succeeded])
            #expect(shop.bank.held == 0)
        }
    }

    @Test func `a refund whose answer was lost is made once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(price: 1000)
            let order = try #require(try await shop.bought(thing).first)
            try await shop.marketplace.cancelOrder(
                order.order.id, reason: "no", as: .customer(shop.buyer))
            shop.bank.fail(.answerLost)

            try await shop.settle()
            try await shop.hurry()
            try await shop.settle()

            let now = try await shop.marketplace.findOrder(order.order.id, as: shop.buyer)
            #expect(now.refunds.map(\.state) == [.succeeded])
            #expect(shop.bank.held == 0)
            #expect(shop.bank.calls == ["start", "refund"])
        }
    }

    @Test func `what is long on its way counts as delivered`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let order = try #require(try await shop.bought(thing).first)
            try await shop.ship(order, by: thing)
            #expect(try await shop.marketplace.deliverLongOnTheWay() == 0)

            try await market.marketplace.moveClock(
                by: .seconds(Int64(Order.deliveredAfterDays) * 86_400 + 60), as: nil)

            #expect(try await shop.marketplace.deliverLongOnTheWay() == 1)
            let now = try await shop.marketplace.findOrder(order.order.id, as: shop.buyer)
            #expect(now.order.state == .delivered)
        }
    }
}
