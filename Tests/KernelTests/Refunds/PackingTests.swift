import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Refunds before the parcel is packed` {
    private func order(_ shop: Shop, of things: [CheckoutItem]) async throws -> OrderDetail {
        let started = try await shop.marketplace.startCheckout(
            things, to: Shop.address, email: "grace@example.com", as: shop.buyer)
        let parcel = try #require(started.parcels.first)
        let checkout = try await shop.marketplace.chooseShipping(
            started.id, parcel: parcel.number, option: "parcel", as: shop.buyer)
        return try #require(try await shop.detail(try await shop.place(checkout)).orders.first)
    }

    private func pieces(_ order: OrderDetail, _ quantity: Int) throws -> RefundWish {
        let line = try #require(order.lines.first?.id)
        return .lines([RefundedLine(line: line, quantity: quantity)], shipping: false)
    }

    @Test func `what money goes back for is not shipped, and the rest is`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let member = counter.thing.seller.member
            let order = try await order(
                counter.shop, of: [CheckoutItem(variant: counter.thing.variant, quantity: 3)])
            let line = try #require(order.lines.first?.id)

            try await counter.ask(order, try pieces(order, 2))

            let after = try await counter.find(order)
            #expect(after.lines.map(\.toShip) == [1] && after.lines.map(\.withheld) == [2])
            let parcel = try ShippedParcel(carrier: "Post")
            await #expect(throws: OrderRefusal.tooMany(0)) {
                try await market.marketplace.shipOrder(
                    order.order.id, [ShippedLine(line: line, quantity: 2)], in: parcel, as: member)
            }
            // All of it cannot be refunded: that is a cancellation.
            await #expect(throws: OrderRefusal.notShippedYet) {
                try await counter.ask(order, try pieces(order, 1))
            }
            let shipped = try await market.marketplace.shipOrder(
                order.order.id, in: parcel, as: member)
            #expect(shipped.order.state == .shipped)
            #expect(shipped.shipments.flatMap(\.lines).map(\.quantity) == [1])
            try await counter.settle()
            try await counter.checkBooks()
        }
    }

    @Test func `when nothing is left for the second parcel the order is shipped`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await order(
                counter.shop, of: [CheckoutItem(variant: counter.thing.variant, quantity: 3)])
            let line = try #require(order.lines.first?.id)
            _ = try await market.marketplace.shipOrder(
                order.order.id, [ShippedLine(line: line, quantity: 1)],
                in: try ShippedParcel(carrier: "Post"), as: counter.thing.seller.member)

            // Of three pieces two were not shipped: they are taken first.
            try await counter.refund(order, try pieces(order, 2))

            let after = try await counter.find(order)
            #expect(after.order.state == .shipped)
            #expect(after.lines.map(\.withheld) == [2])
            try await counter.checkBooks()
        }
    }

    @Test func `a refund that fails leaves its pieces to be shipped`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await order(
                counter.shop, of: [CheckoutItem(variant: counter.thing.variant, quantity: 3)])
            counter.shop.bank.fail(.declined)

            try await counter.refund(order, try pieces(order, 2))

            #expect(try await counter.find(order).lines.map(\.toShip) == [3])
        }
    }

    @Test func `pieces that were shipped are refunded without stopping others`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 2)

            try await counter.refund(order, try pieces(order, 1))

            let after = try await counter.find(order)
            #expect(after.lines.map(\.withheld) == [0] && after.lines.map(\.toShip) == [0])
        }
    }
}
