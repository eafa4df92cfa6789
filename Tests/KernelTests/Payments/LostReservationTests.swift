import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Two sellers' orders of one reservation, of which a part of the first was called off before the
/// bank says that it is lost.
private struct LostReservation {
    let market: TestMarketplace
    let shop: Shop
    let things: [GivenThing]
    let orders: [OrderDetail]
    let reference: String

    static let off = Money(300, .eur)

    var total: Money { shop.bank.payments[0].authorized }
    var second: Money { orders[1].order.amounts.total }

    init(_ market: TestMarketplace) async throws {
        self.market = market
        shop = try await Shop(market, capture: .atShipment)
        things = [try await shop.thing(price: 1000), try await shop.thing(price: 500)]
        orders = try await shop.bought(things[0], things[1])
        reference = try #require(shop.bank.payments.first?.reference)
        try await shop.marketplace.refundOrder(
            orders[0].order.id, .amount(Self.off), reason: "a scratch",
            as: .seller(things[0].seller.member))
    }

    func lapse() async throws {
        shop.bank.lapse(reference)
        try await hear()
    }

    func take(_ amount: Money) async throws {
        shop.bank.take(amount, of: reference)
        try await hear()
    }

    private func hear() async throws {
        try await shop.deliver(shop.bank.webhook(reference))
        try await market.worker().drain()
        try await shop.settle()
    }

    /// What went back of each order in minor units, without what was called off.
    func returned() async throws -> [Int64] {
        let rows = try await market.database.query(
            """
            select order_id, sum(amount)::bigint from refund
            where kind = 'stray' and state = 'succeeded' group by order_id
            """
        ).decode { c in (try c.next(ID<Order>.self), try c.next(Int64.self)) }
        let sums = Dictionary(rows) { first, _ in first }
        return orders.map { sums[$0.order.id] ?? 0 }
    }

    func check() async throws {
        #expect(shop.bank.held == 0)
        #expect(
            try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                == 0)
        let report = try await market.marketplace.verifyLedger()
        for check in report.checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
        let run = try await market.marketplace.reconcile(
            shop.payment, Day(containing: .systemNow))
        #expect(run.isClean, "\(run.faults)")
    }
}

@Suite struct `Money of a reservation that was said to be lost` {
    @Test func `goes back whole when it comes after all, with what had been called off`()
        async throws
    {
        try await TestMarketplace.run { market in
            let lost = try await LostReservation(market)
            try await lost.lapse()

            try await lost.take(lost.total)

            #expect(
                try await lost.returned() == lost.orders.map(\.order.amounts.total.amount))
            try await lost.check()
        }
    }

    @Test func `goes back to the order whose share it is, and then the rest`() async throws {
        try await TestMarketplace.run { market in
            let lost = try await LostReservation(market)
            let (total, second) = (lost.total, lost.second)
            try await lost.lapse()

            try await lost.take(second)
            #expect(try await lost.returned() == [0, second.amount])
            try await lost.check()

            try await lost.take(Money(total.amount - second.amount, .eur))
            #expect(try await lost.returned() == [total.amount - second.amount, second.amount])
            try await lost.check()
        }
    }

    @Test func `is no sale when a capture was under way`() async throws {
        try await TestMarketplace.run { market in
            let lost = try await LostReservation(market)
            let due = lost.orders[0].order.amounts.total.amount - LostReservation.off.amount
            lost.shop.bank.fail(.callLost)
            try await lost.shop.ship(lost.orders[0], by: lost.things[0])
            try await lost.shop.settle()
            try await lost.lapse()

            try await lost.shop.hurry()
            try await lost.shop.settle()

            #expect(lost.shop.bank.calls.filter { $0 == "capture" }.count == 2)
            #expect(try await lost.returned() == [due, 0])
            try await lost.check()
        }
    }
}
