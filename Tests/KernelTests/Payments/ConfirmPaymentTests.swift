import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Money by bank transfer` {
    @Test func `is asked for with a reference, and paid when an administrator says that it came`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "bank-transfer")
            let placed = try await till.placed()

            #expect(placed.refusal == nil)
            #expect(placed.purchase.state == .awaitingPayment)
            #expect(placed.payment.state == .requiresAction)
            guard case .instructions(let lines) = placed.next else {
                return #expect(Bool(false), "there is nothing to do")
            }
            #expect(lines.contains { $0.value == "DE89 3704 0044 0532 0130 00" })
            #expect(lines.contains { $0.value == "\(placed.purchase.total)" })
            let week = placed.purchase.placedAt.advanced(days: 7)
            let until = try await till.shop.detail(placed).purchase.expiresAt
            #expect(until > week.advanced(by: .seconds(-60)))
            #expect(until < week.advanced(by: .seconds(60)))

            let paid = try await till.confirm(placed, placed.payment.amount.amount)

            #expect(paid.state == .captured)
            #expect(try await till.shop.detail(placed).purchase.state == .paid)
            #expect(try await till.shop.stock(till.thing) == Stock(onHand: 8, reserved: 0))
            #expect(try await till.booked(.atProvider) == placed.payment.amount.amount)
            let trail = try await market.marketplace.auditTrail(
                .object(kind: "payment", id: "\(paid.id)"), PageRequest())
            #expect(trail.items.map(\.action) == ["payment.confirmed"])
            try await till.checkBooks()
        }
    }

    @Test func `adds up from parts, and what is too much waits until somebody has looked at it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "bank-transfer")
            let placed = try await till.placed()
            let all = placed.payment.amount.amount

            let part = try await till.confirm(placed, all - 1)
            #expect(part.state == .requiresAction)
            #expect(part.missing == Money(1, .eur))
            #expect(try await till.toReview().isEmpty)
            let paid = try await till.confirm(placed, 251)
            #expect(paid.state == .captured)
            #expect(paid.captured.amount == all)
            #expect(paid.surplus == Money(250, .eur))
            #expect(try await till.booked(.atProvider) == all)

            #expect(try await till.toReview() == [paid.id])
            #expect(try await market.marketplace.whatWaits().moneyToLookAt == 1)
            try await market.marketplace.reviewPayment(
                paid.id, reason: "It was sent back.", as: till.admin.id)
            #expect(try await till.toReview().isEmpty)
            await #expect(throws: ReceiptRefusal.nothingToReview) {
                try await market.marketplace.reviewPayment(
                    paid.id, reason: "Once more.", as: till.admin.id)
            }
            try await till.checkBooks()
        }
    }

    @Test func `is confirmed by those alone who can see the account, and each line once`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "bank-transfer")
            let (first, second) = (try await till.placed(), try await till.placed())
            let stranger = try await market.given.verifiedSeller("Stranger")
            let card = try await till.shop.place(try await till.shop.checkout(till.thing))

            await #expect(throws: ReceiptRefusal.unknown) {
                try await till.confirm(first, 100, as: .customer(till.shop.buyer))
            }
            await #expect(throws: ReceiptRefusal.unknown) {
                try await till.confirm(first, 100, as: .seller(stranger.member))
            }
            await #expect(throws: ReceiptRefusal.notYours) {
                try await till.confirm(first, 100, as: .seller(till.thing.seller.member))
            }
            await #expect(throws: ReceiptRefusal.notConfirmable) {
                try await till.confirm(card, 100)
            }
            await #expect(throws: ReceiptRefusal.inTheFuture) {
                try await till.confirm(first, 100, at: .systemNow.advanced(days: 1))
            }
            await #expect(throws: InputRefusal.self) { try await till.confirm(first, 0) }
            try await till.confirm(first, 100, line: "2026-11-21/7")
            await #expect(throws: ReceiptRefusal.usedAlready) {
                try await till.confirm(second, 100, line: "2026-11-21/7")
            }
            await #expect(throws: ReceiptRefusal.usedAlready) {
                try await till.confirm(first, 100, line: "2026-11-21/7")
            }

            #expect(try await till.shop.detail(first).payment?.received == Money(100, .eur))
            #expect(try await till.shop.detail(second).payment?.received.isZero == true)
        }
    }

    @Test func `that comes after the purchase is over goes back when somebody has sent it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "bank-transfer")
            let placed = try await till.placed()
            try await market.marketplace.moveClock(by: .seconds(7 * 86_400 + 60), as: nil)
            try await market.marketplace.expirePurchases()
            #expect(try await till.shop.detail(placed).purchase.state == .cancelled)
            #expect(try await till.shop.stock(till.thing) == Stock(onHand: 9, reserved: 0))

            let late = try await till.confirm(placed, placed.payment.amount.amount)
            #expect(late.state == .late)
            try await till.shop.settle()
            let refund = try #require(try await till.refunds(placed).first)
            #expect(refund.state == .pending)
            #expect(try await till.booked(.atProvider) == late.amount.amount)

            try await till.sentBack(refund)
            #expect(try await till.refunds(placed).map(\.state) == [.succeeded])
            #expect(try await till.booked(.atProvider) == 0)
            await #expect(throws: ReceiptRefusal.nothingToGiveBack) {
                try await till.sentBack(refund)
            }
            try await till.checkBooks()
        }
    }

    @Test func `is given back by hand, once, and only where a person confirms`() async throws {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "bank-transfer")
            let placed = try await till.placed()
            try await till.confirm(placed, placed.payment.amount.amount)
            let order = try await till.order(placed)
            try await market.marketplace.cancelOrder(
                order.id, reason: "sold out", as: .seller(till.thing.seller.member))
            try await till.shop.settle()
            let refund = try #require(try await till.refunds(placed).first)
            #expect(refund.state == .pending)

            try await till.sentBack(refund)

            #expect(try await till.refunds(placed).map(\.state) == [.succeeded])
            #expect(try await till.booked(.atProvider) == 0)
            let card = try await till.shop.place(try await till.shop.checkout(till.thing))
            let paid = try await till.order(card)
            try await market.marketplace.cancelOrder(
                paid.id, reason: "sold out", as: .seller(till.thing.seller.member))
            let other = try #require(try await till.refunds(card).first)
            await #expect(throws: ReceiptRefusal.nothingToGiveBack) {
                try await till.sentBack(other)
            }
            try await till.checkBooks()
        }
    }
}

@Suite struct `Money at the door` {
    @Test func `is promised, collected by the seller, and its commission is the seller's debt`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let placed = try await till.placed()
            let order = try await till.order(placed)
            let seller = till.thing.seller
            #expect(placed.purchase.state == .paid)
            #expect(placed.payment.state == .authorized)
            #expect(try await till.detail(order.id).toCollect == placed.payment.amount)
            #expect(try await till.booked(.bySeller) == 0)

            try await till.ship(order.id)
            #expect(try await till.booked(.bySeller) == 0)
            let stranger = try await market.given.verifiedSeller("Stranger")
            await #expect(throws: OrderRefusal.missing) {
                try await till.collect(order.id, as: .seller(stranger.member))
            }
            let paid = try await till.collect(order.id, as: .seller(seller.member))

            #expect(paid.state == .captured)
            #expect(try await till.detail(order.id).order.state == .delivered)
            #expect(try await till.detail(order.id).toCollect == nil)
            let balance = try #require(try await market.marketplace.balances(of: seller.id).first)
            #expect(balance.receivable == Money(-order.amounts.commission.amount, .eur))
            #expect(order.amounts.commission.isPositive)
            #expect(try await till.booked(.atProvider) == 0)
            try await till.checkBooks()
        }
    }

    @Test func `may come in parts, and delivers when it is all there`() async throws {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let order = try await till.order(try await till.placed())
            let seller = OrderActor.seller(till.thing.seller.member)
            try await till.ship(order.id)

            try await till.collect(order.id, 100, as: seller)
            let rest = Money(order.amounts.total.amount - 100, .eur)
            #expect(try await till.detail(order.id).toCollect == rest)
            #expect(try await till.detail(order.id).order.state == .shipped)
            try await till.collect(order.id, rest.amount, as: seller)

            #expect(try await till.detail(order.id).order.state == .delivered)
            try await till.checkBooks()
        }
    }

    @Test func `waits for somebody when the things arrived and nobody said that it was paid`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let order = try await till.order(try await till.placed())
            try await till.ship(order.id)
            #expect(try await market.marketplace.whatWaits().cashUnconfirmed == 0)
            try await market.marketplace.confirmDelivery(order.id, as: till.shop.buyer)
            #expect(try await market.marketplace.whatWaits().cashUnconfirmed == 1)

            let paid = try await till.collect(order.id, as: .admin(till.admin.id))

            #expect(paid.state == .captured)
            #expect(try await market.marketplace.whatWaits().cashUnconfirmed == 0)
            #expect(try await till.booked(.bySeller) == order.amounts.commission.amount)
            try await till.checkBooks()
        }
    }

    @Test func `is not owed when the delivery is refused, and the things come back`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let placed = try await till.placed()
            let order = try await till.order(placed).id
            let seller = OrderActor.seller(till.thing.seller.member)
            await #expect(throws: OrderRefusal.notShipped) {
                try await market.marketplace.refuseDelivery(order, reason: "not home", as: seller)
            }
            try await till.ship(order)

            try await market.marketplace.refuseDelivery(order, reason: "not home", as: seller)
            try await till.shop.settle()

            #expect(try await till.detail(order).order.state == .cancelled)
            #expect(try await till.shop.detail(placed).payment?.state == .voided)
            #expect(try await till.shop.stock(till.thing) == Stock(onHand: 9, reserved: 0))
            #expect(try await till.booked(.bySeller) == 0)
            await #expect(throws: ReceiptRefusal.notOnDelivery) {
                try await till.collect(order, as: seller)
            }
            try await till.checkBooks()
        }
    }

    @Test func `is not promised any more when the order is cancelled before it is sent`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let placed = try await till.placed()
            let order = try await till.order(placed).id

            try await market.marketplace.cancelOrder(
                order, reason: "changed my mind", as: .customer(till.shop.buyer))
            try await till.shop.settle()

            #expect(try await till.shop.detail(placed).payment?.state == .voided)
            #expect(try await till.shop.stock(till.thing) == Stock(onHand: 9, reserved: 0))
            try await till.checkBooks()
        }
    }

    @Test func `cannot be confirmed where the order was paid otherwise`() async throws {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let card = try await till.shop.place(try await till.shop.checkout(till.thing))
            let order = try await till.order(card).id

            await #expect(throws: ReceiptRefusal.notOnDelivery) {
                try await till.collect(order, as: .seller(till.thing.seller.member))
            }
        }
    }
}
