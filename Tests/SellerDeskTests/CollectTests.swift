import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Money that a shop collects at the door` {
    @Test func `is said on the order's page, which delivers it and bills the commission`()
        async throws
    {
        try await Desk.run { desk in
            let order = try await PromisedOrder(desk)
            let browser = try await desk.colleague(.orders)
            let page = try await browser.get("/orders/\(order.id)")
            #expect(page.text.contains("Collect \(order.total)"))
            #expect(page.text.contains("The customer pays"))
            let before = try await browser.submit(
                page, "/orders/\(order.id)/receipts", ["amount": "nothing"])
            #expect(before.text.contains("Write it in EUR with at most 2 digits"))

            let done = try await browser.submit(page, "/orders/\(order.id)/receipts")

            #expect(done.text.contains("\(order.amount) came."))
            #expect(!done.text.contains("Collect "))
            let seen = try await desk.kernel.findOrder(order.id, as: desk.shop.member)
            #expect(seen.order.state == .delivered)
            let owed = try #require(try await desk.kernel.balances(of: desk.shop.id).first)
            #expect(owed.receivable.amount == -seen.order.amounts.commission.amount)
            #expect(try await desk.kernel.verifyLedger().isClean)
        }
    }

    @Test func `is not owed when the delivery was refused, which the page offers too`()
        async throws
    {
        try await Desk.run { desk in
            let order = try await PromisedOrder(desk)
            let browser = try await desk.colleague(.orders)
            let page = try await browser.get("/orders/\(order.id)")

            let done = try await browser.submit(
                page, "/orders/\(order.id)/refused-delivery", ["reason": "nobody was there"])

            #expect(done.text.contains("Nobody owes anything for it."))
            #expect(!done.text.contains("/orders/\(order.id)/receipts"))
        }
    }

    @Test func `is said by the shop itself only`() async throws {
        try await Desk.run { desk in
            let order = try await PromisedOrder(desk)
            let stranger = try await desk.market.given.verifiedSeller("Stranger")
            let body: JSONValue = [
                "amount": ["amount": .integer(order.amount.amount), "currency": "EUR"]
            ]
            let path = "/api/v1/orders/\(order.id)/receipts"

            let refused = try await desk.program(of: stranger.owner).send("POST", path, body)
            #expect(refused.status == 404)
            let taken = try await desk.program().send("POST", path, body)
            #expect(taken.status == 201, "\(taken.text)")
            #expect(!taken.text.contains("\"toCollect\":{"))
        }
    }
}

/// An order of the desk's shop that is on its way, to be paid at the door.
struct PromisedOrder: Sendable {
    let id: ID<Order>
    let amount: Money
    var total: String { Format.money(amount) }

    init(_ desk: Desk) async throws {
        _ = try await desk.market.given.providers()
        let way = try await desk.market.given.instance(ofPayments: "cash-on-delivery")
        let listing = try await desk.listing("Bowl \(UInt32.random(in: 0 ... .max))")
        let buyer = Buyer(account: try await desk.market.given.account("Grace Customer").id)
        let checkout = try await desk.kernel.startCheckout(
            [CheckoutItem(variant: try #require(listing.variants.first).id, quantity: 1)],
            to: Given.address, email: "grace@example.com", as: buyer)
        let placed = try await desk.kernel.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: way, method: "cash") { _ in "http://127.0.0.1/" },
            as: buyer)
        let detail = try await desk.kernel.findPurchase(placed.purchase.id, as: buyer)
        id = try #require(detail.orders.first).order.id
        amount = placed.payment.amount
        try await desk.kernel.shipOrder(
            id, in: try ShippedParcel(carrier: "Post"), as: desk.shop.member)
    }
}
