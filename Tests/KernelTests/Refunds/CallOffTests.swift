import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Calling a part off before its money is taken` {
    private static func counter(_ market: TestMarketplace) async throws -> Counter {
        try await Counter(market, capture: .atShipment, tax: ["platformRemits": "true"])
    }

    private static func pieces(_ count: Int, of order: OrderDetail) -> RefundWish {
        .lines([RefundedLine(line: order.lines[0].id, quantity: count)], shipping: false)
    }

    private static func calledOff(_ counter: Counter) async throws -> Int {
        try await counter.shop.count("select sum(called_off)::bigint from payment_share")
    }

    @Test func `takes that much less, and nobody gives anything back`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            let order = try await counter.bought(quantity: 3)
            let total = order.order.amounts.total.amount
            #expect(order.reserved.amount == total && order.refundable.isZero)

            try await counter.ask(order, Self.pieces(1, of: order))
            let less = try await counter.find(order)
            try await counter.ship(order)
            try await counter.settle()

            let refund = try #require(less.refunds.first)
            #expect(refund.state == .calledOff && refund.amount.isPositive)
            #expect(less.order.state == .paid && less.lines[0].withheld == 1)
            #expect(less.reserved.amount == total - refund.amount.amount)
            #expect(counter.shop.bank.held == total - refund.amount.amount)
            #expect(counter.shop.bank.calls == ["start", "capture"], "no refund")
            let shipped = try await counter.find(order)
            #expect(shipped.order.state == .shipped && shipped.shipments[0].lines[0].quantity == 2)
            #expect(shipped.refundable.amount == total - refund.amount.amount)
            try await counter.checkBooks()
        }
    }

    /// Whose money it is in the end, by the kind of the account.
    @Test(arguments: ["a piece", "the shipping", "a part of the price", "one after the other"])
    func `leaves everybody what giving it back afterwards leaves them`(
        _ what: String
    ) async throws {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            func wishes(_ order: OrderDetail) -> [RefundWish] {
                switch what {
                case "a piece": [Self.pieces(1, of: order)]
                case "the shipping": [.lines([], shipping: true)]
                case "a part of the price": [.amount(Money(777, .eur))]
                default: [Self.pieces(1, of: order), .amount(Money(101, .eur))]
                }
            }
            let (before, after) = (
                try await counter.bought(quantity: 3), try await counter.bought(quantity: 3)
            )

            for wish in wishes(before) { try await counter.ask(before, wish) }
            for order in [before, after] { try await counter.ship(order) }
            try await counter.settle()
            for wish in wishes(after) { try await counter.refund(after, wish) }

            let owned = try await counter.owned(by: before)
            #expect(owned == (try await counter.owned(by: after)))
            #expect(Set(owned.keys).isSuperset(of: ["commission", "tax_payable"]))
            try await counter.checkBooks()

            // Whoever gives back the rest leaves nothing of it.
            for order in [before, after] { try await counter.refund(order, .everything) }
            #expect(try await counter.owned(by: before).isEmpty)
            #expect(counter.shop.bank.held == 0)
            try await counter.checkBooks()
        }
    }

    @Test func `puts the things on the shelf again at once, unless nobody wants them there`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            let order = try await counter.bought(quantity: 3)
            #expect(try await counter.shop.stock(counter.thing).onHand == 47)

            try await counter.ask(order, Self.pieces(1, of: order))
            #expect(try await counter.shop.stock(counter.thing).onHand == 48)
            try await counter.marketplace.refundOrder(
                order.order.id, Self.pieces(1, of: order), restocking: .nothing,
                reason: "it broke in the kiln", as: .seller(counter.thing.seller.member))
            #expect(try await counter.shop.stock(counter.thing).onHand == 48)
        }
    }

    @Test func `is refused for all that is left, for goodwill, and once it is on its way`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            let order = try await counter.bought(quantity: 2)
            let goodwill = RefundWish.goodwill(Money(100, .eur), fundedBy: .platform)
            for wish in [RefundWish.everything, .amount(order.reserved), goodwill] {
                await #expect(throws: OrderRefusal.notCaptured) {
                    try await counter.ask(order, wish)
                }
            }
            // The shipping alone is no order.
            await #expect(throws: OrderRefusal.notCaptured) {
                try await counter.ask(order, Self.pieces(2, of: order))
            }

            try await counter.ship(order)
            for wish in [RefundWish.everything, Self.pieces(1, of: order), goodwill] {
                await #expect(throws: OrderRefusal.paymentUnderWay) {
                    try await counter.ask(order, wish)
                }
            }
            #expect(try await Self.calledOff(counter) == 0)
        }
    }

    /// An order that nothing is to be taken for could never be paid, and was not cancelled either.
    @Test func `leaves something to be taken, also where pieces are left that cost nothing more`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            let order = try await counter.bought(quantity: 3)
            let total = order.reserved.amount
            try await counter.ask(order, .amount(Money(total - 1, .eur)))

            for wish in [
                Self.pieces(1, of: order), Self.pieces(2, of: order), .lines([], shipping: true),
                .amount(Money(1, .eur)),
            ] {
                await #expect { try await counter.ask(order, wish) } throws: { $0 is any Refusal }
            }
            try await counter.ship(order)
            try await counter.settle()

            #expect(counter.shop.bank.held == 1)
            #expect(try await Self.calledOff(counter) == Int(total) - 1)
            try await counter.checkBooks()
        }
    }

    @Test func `and cancelling the rest releases the reservation`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            let order = try await counter.bought(quantity: 3)
            try await counter.ask(order, Self.pieces(2, of: order))

            try await counter.marketplace.cancelOrder(
                order.order.id, reason: "sold out", as: .seller(counter.thing.seller.member))
            try await counter.settle()

            #expect(counter.shop.bank.calls == ["start", "void"])
            #expect(try await counter.shop.stock(counter.thing) == Stock(onHand: 50, reserved: 0))
            try await counter.checkBooks()
        }
    }

    @Test(arguments: [TestBank.Fault.answerLost, .callLost, .unavailable])
    func `is taken once, whatever becomes of the capture`(_ fault: TestBank.Fault) async throws {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            let order = try await counter.bought(quantity: 3)
            try await counter.ask(order, Self.pieces(1, of: order))
            let due = try await counter.find(order).reserved.amount
            try await counter.ship(order)
            counter.shop.bank.fail(fault)

            try await counter.settle()
            try await counter.shop.hurry()
            try await counter.settle()

            #expect(counter.shop.bank.held == due)
            try await counter.checkBooks()
        }
    }

    @Test func `a capture that was refused asks again for what is left of it`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            let order = try await counter.bought(quantity: 3)
            try await counter.ask(order, Self.pieces(1, of: order))
            let due = try await counter.find(order).reserved.amount
            try await counter.ship(order)
            counter.shop.bank.fail(.declined)
            try await counter.settle()

            try await counter.marketplace.retryCapture(order.order.id, as: .admin(counter.admin.id))
            try await counter.settle()

            #expect(counter.shop.bank.held == due)
            try await counter.checkBooks()
        }
    }

    /// Whoever comes second sees what the first did.
    @Test func `and shipping it at once takes either all of it or that much less`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            var taken: Int64 = 0
            for _ in 0..<8 {
                let order = try await counter.bought(quantity: 3)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try? await counter.ship(order) }
                    for _ in 0..<2 {
                        group.addTask {
                            _ = try? await counter.ask(order, Self.pieces(1, of: order))
                        }
                    }
                }
                try await counter.settle()
                let detail = try await counter.find(order)
                let off = detail.refunds.reduce(0) { $0 + $1.amount.amount }
                #expect(detail.order.state == .shipped)
                #expect(detail.refundable.amount == order.order.amounts.total.amount - off)
                taken += detail.refundable.amount
            }

            #expect(counter.shop.bank.held == taken)
            try await counter.checkBooks()
        }
    }

    @Test func `is told to the customer and the seller, and written down`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Self.counter(market)
            let order = try await counter.bought(quantity: 2)
            try await counter.ask(order, Self.pieces(1, of: order))
            try await market.tellEverybody()

            for (account, audience) in [
                (counter.shop.customer, Notice.Audience.customer),
                (counter.thing.seller.owner, .seller),
            ] {
                let told = try await counter.marketplace.notices(
                    of: account.id, as: audience, PageRequest())
                #expect(told.items.contains { $0.topic == "order.part-called-off" })
            }
            #expect(
                try await counter.find(order).events.contains { $0.kind == "part-called-off" })
            #expect(
                try await counter.shop.count(
                    "select count(*) from audit_log where action = 'order.part-called-off'") == 1)
        }
    }
}
