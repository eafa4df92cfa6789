import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Putting back on the shelf what money went back for` {
    @Test func `what was never shipped is for sale again when the money has gone back, once`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.unshipped(quantity: 3)

            try await counter.ask(order, try order.pieces(2))
            #expect(try await counter.onHand() == 47)
            try await counter.settle()
            #expect(try await counter.onHand() == 49)

            let moved = try await market.marketplace.stockMovements(
                of: counter.thing.variant, as: counter.thing.seller.member)
            #expect(moved.items.first?.cause == .return && moved.items.first?.delta == 2)
            #expect(moved.items.first?.orderID == order.order.id.description)
            try await market.marketplace.cancelOrder(
                order.order.id, reason: "none is left", as: .admin(counter.admin.id))
            try await counter.settle()
            #expect(try await counter.onHand() == 50)
            #expect(try await counter.find(order).lines.map(\.restocked) == [3])
            try await counter.checkBooks()
        }
    }

    @Test(arguments: [
        (Restocking.unshipped, 48), (.everything, 49), (.nothing, 47),
    ])
    func `whoever gives the money back says what comes back`(
        choice: Restocking, onHand: Int
    ) async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.unshipped(quantity: 3)
            try await market.marketplace.shipOrder(
                order.order.id, [ShippedLine(line: order.lines[0].id, quantity: 2)],
                in: try ShippedParcel(carrier: "Post"), as: counter.thing.seller.member)

            // One that was never shipped, and one that was.
            try await counter.ask(order, try order.pieces(2), restocking: choice)
            try await counter.settle()

            #expect(try await counter.onHand() == onHand)
            #expect(try await counter.find(order).refunds.map(\.restocking) == [choice])
            try await counter.checkBooks()
        }
    }

    @Test func `a refund that fails brings nothing back, also when its order is cancelled then`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.unshipped(quantity: 3)
            counter.shop.bank.fail(.declined)
            try await counter.refund(order, try order.pieces(1))
            #expect(try await counter.onHand() == 47)
            #expect(try await counter.find(order).lines.map(\.toShip) == [3])

            try await counter.ask(order, try order.pieces(1))
            try await market.marketplace.cancelOrder(
                order.order.id, reason: "none is left", as: .admin(counter.admin.id))
            #expect(try await counter.onHand() == 49)
            counter.shop.bank.fail(.declined)
            try await counter.settle()

            #expect(try await counter.find(order).refunds.map(\.state).contains(.failed))
            #expect(try await counter.onHand() == 50)
        }
    }

    @Test func `one that the bank sent back and that is made again brings its pieces once`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.unshipped(quantity: 3)
            let refund = try await counter.ask(order, try order.pieces(2), restocking: .everything)
            try await counter.settle()
            #expect(try await counter.onHand() == 49)

            try await counter.sendBack(refund)
            let returned = try await counter.find(order)
            #expect(returned.refunds.map(\.state) == [.failed])
            // Somebody else may have bought them: they are not promised twice.
            #expect(returned.lines.map(\.toShip) == [1])
            try await counter.marketplace.retryRefund(
                refund, of: order.order.id, as: .admin(counter.admin.id))
            try await counter.settle()

            #expect(try await counter.find(order).refunds.map(\.state) == [.failed, .succeeded])
            #expect(try await counter.onHand() == 49)
            try await counter.checkBooks()
        }
    }

    @Test func `thirty who give back and cancel at once bring back what was taken and no more`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.unshipped(quantity: 8)
            let other = try market.anotherProcess(transactions: 4)

            await withTaskGroup(of: Void.self) { group in
                for turn in 0..<30 {
                    group.addTask {
                        do {
                            if turn == 20 {
                                try await other.cancelOrder(
                                    order.order.id, reason: "none is left",
                                    as: .admin(counter.admin.id))
                            } else if turn.isMultiple(of: 3) {
                                _ = try await other.settlePayments()
                            } else {
                                try await counter.ask(
                                    order, try order.pieces(1), restocking: .everything)
                            }
                        } catch is any Refusal {
                        } catch { Issue.record(error) }
                    }
                }
            }
            try await counter.settle()

            let after = try await counter.find(order)
            if after.order.state == .cancelled {
                #expect(try await counter.onHand() == 50)
            }
            let pieces = after.refunds.filter { $0.state == .succeeded && $0.kind == .lines }
                .flatMap(\.parts).reduce(0) { $0 + $1.quantity }
            let restocked = try #require(after.lines.first?.restocked)
            #expect(restocked == (after.order.state == .cancelled ? 8 : pieces))
            #expect(try await counter.onHand() == 42 + restocked)
            let moved = try await counter.shop.count(
                """
                select sum(delta)::int from stock_movement
                where variant_id = \(counter.thing.variant) and cause <> 'sale'
                """)
            #expect(moved == restocked)
            await other.database.close()
            try await counter.checkBooks()
        }
    }

    @Test func `the database itself refuses to bring back more than was taken`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            _ = try await counter.unshipped(quantity: 2)

            let error = await #expect(throws: PostgresError.self) {
                try await market.database.execute("update order_line set restocked = 3")
            }

            #expect(error?.constraint == "order_line_restocked")
        }
    }
}

extension Counter {
    /// A paid order of so many pieces with shipping.
    fileprivate func unshipped(quantity: Int) async throws -> OrderDetail {
        let started = try await marketplace.startCheckout(
            [CheckoutItem(variant: thing.variant, quantity: quantity)], to: Shop.address,
            email: "grace@example.com", as: shop.buyer)
        let parcel = try #require(started.parcels.first)
        let checkout = try await marketplace.chooseShipping(
            started.id, parcel: parcel.number, option: "parcel", as: shop.buyer)
        return try #require(try await shop.detail(try await shop.place(checkout)).orders.first)
    }

    fileprivate func onHand() async throws -> Int { try await shop.stock(thing).onHand }

    /// The customer's bank sends the money back.
    fileprivate func sendBack(_ refund: ID<Refund>) async throws {
        let delivery = try #require(shop.bank.takeBackRefund("\(refund)"))
        try await shop.deliver(delivery)
        try await work()
    }

    @discardableResult
    fileprivate func ask(
        _ order: OrderDetail, _ wish: RefundWish, restocking: Restocking
    ) async throws -> ID<Refund> {
        try await marketplace.refundOrder(
            order.order.id, wish, restocking: restocking, reason: "it was broken",
            as: .admin(admin.id))
    }
}

extension OrderDetail {
    fileprivate func pieces(_ quantity: Int) throws -> RefundWish {
        let line = try #require(lines.first?.id)
        return .lines([RefundedLine(line: line, quantity: quantity)], shipping: false)
    }
}
