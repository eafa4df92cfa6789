import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `An order that goes out in parts` {
    @Test func `is packed by the form, and each parcel says what was in it`() async throws {
        try await Desk.run { desk in
            let order = try await Self.order(of: 3, desk)
            let browser = try await desk.colleague(.orders)
            let path = "/orders/\(order)"
            let page = try await browser.get(path)
            #expect(page.text.contains("max=\"3\" value=\"3\""))

            let part = try await browser.submit(
                page, path + "/shipments", ["carrier": "Post", "quantity": "2"])
            #expect(part.text.contains("the rest is still to pack"))
            #expect(part.text.contains("2 of 3 shipped"))
            #expect(part.text.contains("2 × Bowl"))
            #expect(!part.text.contains("1 × Bowl"))

            let rest = try await browser.submit(part, path + "/shipments", ["carrier": "DHL"])
            #expect(rest.text.contains("3 of 3 shipped"))
            #expect(rest.text.contains("1 × Bowl"))

            let seen = try await desk.program().get("/api/v1\(path)")
            let parcels = seen.json?["shipments"]?.items ?? []
            let counts = parcels.map { $0["lines"]?.items.first?["quantity"]?.integer }
            #expect(counts == [2, 1])
        }
    }

    private static func order(of quantity: Int, _ desk: Desk) async throws -> ID<Order> {
        _ = try await desk.market.given.providers()
        let way = try await desk.market.given.instance(ofPayments: "cash-on-delivery")
        let listing = try await desk.listing("Bowl")
        let buyer = Buyer(account: try await desk.market.given.account("Grace Customer").id)
        let checkout = try await desk.kernel.startCheckout(
            [
                CheckoutItem(
                    variant: try #require(listing.variants.first).id, quantity: quantity)
            ],
            to: Given.address, email: "grace@example.com", as: buyer)
        let placed = try await desk.kernel.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: way, method: "cash") { _ in "http://127.0.0.1/" },
            as: buyer)
        let detail = try await desk.kernel.findPurchase(placed.purchase.id, as: buyer)
        return try #require(detail.orders.first).order.id
    }
}
