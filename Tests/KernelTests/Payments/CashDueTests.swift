import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Cash that nobody confirms` {
    /// An order that was delivered and was to be paid at the door.
    private static func delivered(_ till: Till) async throws -> Order {
        let order = try await till.order(try await till.placed())
        try await till.ship(order.id)
        try await till.shop.marketplace.confirmDelivery(order.id, as: till.shop.buyer)
        return order
    }

    private static func days(_ days: Int64, _ market: TestMarketplace) async throws {
        try await market.marketplace.moveClock(by: .seconds(days * 86_400), as: nil)
    }

    @Test func `is due after a week: the seller is reminded once, by name of the order`()
        async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let order = try await Self.delivered(till)
            #expect(try await market.marketplace.remindOfCash() == 0)
            try await Self.days(8, market)

            #expect(try await market.marketplace.remindOfCash() == 1)
            #expect(try await market.marketplace.remindOfCash() == 0)

            let told = try await till.shop.count(
                "select count(*) from outbox_event where topic = 'order.cash-due'")
            #expect(told == 1)
            let listed = try await market.marketplace.unconfirmedCash(
                .number(order.number), PageRequest())
            #expect(listed.items.map(\.order) == [order.id])
            #expect(listed.items.first?.remindedAt != nil)
            #expect(
                try await market.marketplace.unconfirmedCash(.overdue, PageRequest()).items
                    .isEmpty)
        }
    }

    @Test func `is decided after two weeks, and not before: the commission is owed`() async throws {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let order = try await Self.delivered(till)
            try await Self.days(10, market)
            await #expect(throws: ReceiptRefusal.notOverdue) {
                try await market.marketplace.decideCashPaid(
                    order.id, reason: "too early", by: till.admin.id)
            }
            #expect(try await till.booked(.bySeller) == 0)
            try await Self.days(5, market)
            let overdue = try await market.marketplace.unconfirmedCash(.overdue, PageRequest())
            #expect(overdue.items.map(\.order) == [order.id])
            #expect(overdue.items.first?.owed == order.amounts.commission)

            let paid = try await market.marketplace.decideCashPaid(
                order.id, reason: "The customer sent the receipt.", by: till.admin.id)

            #expect(paid.state == .captured)
            #expect(try await till.booked(.bySeller) == order.amounts.commission.amount)
            #expect(
                try await market.marketplace.unconfirmedCash(.all, PageRequest()).items.isEmpty)
            let trail = try await market.marketplace.auditTrail(
                .object(kind: "order", id: order.id.description), PageRequest())
            let line = try #require(trail.items.first { $0.action == "order.cash-decided" })
            #expect(line.reason == "The customer sent the receipt.")
            #expect(line.actor == till.admin.id)
            await #expect(throws: ReceiptRefusal.notOnDelivery) {
                try await market.marketplace.decideCashPaid(
                    order.id, reason: "once more", by: till.admin.id)
            }
            try await till.checkBooks()
        }
    }

    @Test func `is only decided once by two people at once`() async throws {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let order = try await Self.delivered(till)
            try await Self.days(15, market)

            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        _ = try? await market.marketplace.decideCashPaid(
                            order.id, reason: "it was paid", by: till.admin.id)
                    }
                }
            }

            let received = try await till.shop.count("select received::bigint from payment")
            #expect(received == Int(order.amounts.total.amount))
            #expect(try await till.booked(.bySeller) == order.amounts.commission.amount)
            try await till.checkBooks()
        }
    }

    @Test func `is nothing any more once the seller says so`() async throws {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let order = try await Self.delivered(till)
            try await till.collect(order.id, as: .seller(till.thing.seller.member))
            try await Self.days(15, market)

            #expect(try await market.marketplace.remindOfCash() == 0)
            #expect(
                try await market.marketplace.unconfirmedCash(.all, PageRequest()).items.isEmpty)
        }
    }
}
