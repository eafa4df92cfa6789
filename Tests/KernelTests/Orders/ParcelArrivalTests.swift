import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A parcel that has arrived` {
    /// An order of three pieces, of which two parcels of one piece each are on their way.
    private func twoParcels(
        _ shop: Shop, of pieces: Int
    ) async throws -> (OrderDetail, GivenThing) {
        let thing = try await shop.thing()
        let checkout = try await shop.marketplace.startCheckout(
            [CheckoutItem(variant: thing.variant, quantity: pieces)], to: Shop.address,
            email: "grace@example.com", as: shop.buyer)
        let order = try #require(
            try await shop.detail(try await shop.place(checkout)).orders.first)
        for number in ["1", "2"] {
            try await shop.marketplace.shipOrder(
                order.order.id, [ShippedLine(line: order.lines[0].id, quantity: 1)],
                in: try ShippedParcel(carrier: "DHL", trackingNumber: number),
                as: thing.seller.member)
        }
        return (
            try await shop.marketplace.findOrder(order.order.id, as: shop.buyer), thing
        )
    }

    @Test func `leaves its order on its way until the last one is there`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let (order, _) = try await twoParcels(shop, of: 2)
            #expect(order.order.state == .shipped && order.shipments.count == 2)

            let first = try await shop.marketplace.confirmParcel(
                order.shipments[1].id, as: shop.buyer)
            let again = try await shop.marketplace.confirmParcel(
                order.shipments[1].id, as: shop.buyer)
            let last = try await shop.marketplace.confirmParcel(
                order.shipments[0].id, as: shop.buyer)

            #expect(first.order.state == .shipped && first.order.deliveredAt == nil)
            #expect(first.shipments.map { $0.arrivedAt != nil } == [false, true])
            #expect(first.events.last?.kind == "parcel-arrived")
            #expect(first.events.last?.note == "DHL 2")
            #expect(again.events.count == first.events.count)
            #expect(last.order.state == .delivered)
            #expect(last.events.map(\.kind).suffix(2) == ["parcel-arrived", "delivered"])
            let delivered = try #require(last.order.deliveredAt)
            #expect(last.order.holdUntil == delivered.advanced(days: 7))
        }
    }

    @Test func `delivers no order of which something is still to be sent`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let (order, thing) = try await twoParcels(shop, of: 3)

            for parcel in order.shipments {
                try await shop.marketplace.confirmParcel(parcel.id, as: shop.buyer)
            }
            let open = try await shop.marketplace.findOrder(order.order.id, as: shop.buyer)
            try await shop.marketplace.shipOrder(
                order.order.id, in: try ShippedParcel(carrier: "DHL"), as: thing.seller.member)
            let whole = try await shop.marketplace.findOrder(order.order.id, as: shop.buyer)
            let third = try #require(whole.shipments.first { $0.arrivedAt == nil })
            let done = try await shop.marketplace.confirmParcel(third.id, as: shop.buyer)

            #expect(open.order.state == .partlyShipped)
            #expect(whole.order.state == .shipped)
            #expect(done.order.state == .delivered)
        }
    }

    @Test func `is somebody's own to say, and there is nothing to say after its order`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let (order, _) = try await twoParcels(shop, of: 2)
            let stranger = Buyer(account: try await market.given.account("Mallory").id)

            for nobody in [stranger, Buyer(guestToken: "not hers")] {
                await #expect(throws: OrderRefusal.missing) {
                    try await shop.marketplace.confirmParcel(order.shipments[0].id, as: nobody)
                }
            }
            await #expect(throws: OrderRefusal.missing) {
                try await shop.marketplace.confirmParcel(ID(), as: shop.buyer)
            }
            try await shop.marketplace.confirmDelivery(order.order.id, as: shop.buyer)
            await #expect(throws: OrderRefusal.alreadyDelivered) {
                try await shop.marketplace.confirmParcel(order.shipments[0].id, as: shop.buyer)
            }
        }
    }

    @Test func `at the same moment as the other one delivers their order once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let (order, _) = try await twoParcels(shop, of: 2)

            try await withThrowingTaskGroup(of: Void.self) { group in
                for parcel in order.shipments + order.shipments {
                    group.addTask {
                        try await shop.marketplace.confirmParcel(parcel.id, as: shop.buyer)
                    }
                }
                try await group.waitForAll()
            }

            let done = try await shop.marketplace.findOrder(order.order.id, as: shop.buyer)
            #expect(done.order.state == .delivered)
            #expect(done.events.count { $0.kind == "delivered" } == 1)
        }
    }
}
