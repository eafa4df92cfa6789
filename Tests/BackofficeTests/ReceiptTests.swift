import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Money that somebody confirms at the desk` {
    @Test func `a transfer is confirmed on its page by those who keep the books, and by no other`()
        async throws
    {
        try await Office.run { office in
            let open = try await OpenPayment(office.market)
            let page = "/purchases/\(open.purchase)"
            let action = "/payments/\(open.payment)/receipts"
            let json = open.json(1000, reference: "2026-11-21/4")
            for role in [AdminRole.support, .catalogue] {
                #expect(try await office.post("/api/v1" + action, json, as: role).status == 403)
            }
            #expect(try await office.get(page, as: .support).text.contains(action) == false)

            let part = try await office.submit(
                [
                    ("amount.amount@amount.currency", "10,00"), ("amount.currency", "EUR"),
                    ("reference", "2026-11-21/4"),
                ], to: action, on: page, as: .finance)
            #expect(part.status == 303)
            let shown = try await office.get(page, as: .finance).text
            #expect(shown.contains("10.00 EUR came, "))
            #expect(shown.contains("is missing."))
            #expect(shown.contains("2026-11-21/4"))

            #expect(try await office.post("/api/v1" + action, json, key: "a").status == 409)
            let more = open.json(open.total)
            #expect(
                try await office.post("/api/v1" + action, more, key: "b").value("state")
                    == "captured")
            let paid = try await office.get("/api/v1" + page, as: .finance)
            #expect(paid.value("purchase.state") == "paid")
            #expect(paid.value("payments.0.receipts.1.confirmedBy") == "Ines Administrator")
            #expect(paid.value("payments.0.received.amount") == "\(open.total + 1000)")
        }
    }

    @Test func `what nobody asked for is on a list until somebody has looked at it`() async throws {
        try await Office.run { office in
            let open = try await OpenPayment(office.market)
            let receipts = "/api/v1/payments/\(open.payment)/receipts"
            #expect(try await office.post(receipts, open.json(open.total + 250)).status < 300)
            let list = "/payments/to-review"
            let found = try await office.get("/api/v1" + list, as: .support)
            #expect(found.value("items.0.id") == "\(open.payment)")
            #expect(found.value("items.1") == nil)
            let review = "/payments/\(open.payment)/review"
            #expect(try await office.get(list, as: .support).text.contains(review) == false)

            let done = try await office.submit(
                [("reason", "It was sent back.")], to: review, on: list, as: .finance)

            #expect(done.status == 303)
            #expect(try await office.get("/api/v1" + list).value("items.0") == nil)
            let trail = try await office.trail("payment", "\(open.payment)")
            #expect(trail.map(\.action) == ["payment.confirmed", "payment.reviewed"])
        }
    }

    @Test func `a refund that was sent by hand is said on the purchase's page`() async throws {
        try await Office.run { office in
            let open = try await OpenPayment(office.market)
            _ = try await office.post(
                "/api/v1/payments/\(open.payment)/receipts", open.json(open.total))
            let cancelled = try await office.post(
                "/api/v1/orders/\(open.order)/cancellation", #"{"reason": "sold out"}"#)
            #expect(cancelled.status == 200)
            while try await office.market.marketplace.settlePayments() > 0 {}
            let page = "/purchases/\(open.purchase)"
            let waiting = try await office.get("/api/v1" + page)
            let refund = try waiting.require("orders.0.refundsToSend.0")
            let action = "/orders/\(open.order)/refunds/\(refund)/confirmation"
            #expect(try await office.get(page, as: .support).text.contains(action) == false)

            let done = try await office.submit(
                [("paidBackAs", "2026-11-22/1")], to: action, on: page, as: .finance)

            #expect(done.status == 303)
            let order = try await office.get("/api/v1/orders/\(open.order)")
            #expect(order.value("refunds.0.state") == "succeeded")
            #expect(order.value("refundsToSend.0") == nil)
            let line = try #require(
                try await office.trail("order", "\(open.order)").last {
                    $0.action == "order.refund-confirmed"
                })
            #expect(line.reason?.contains("2026-11-22/1") ?? false)
            #expect(
                try await office.post("/api/v1" + action, #"{"paidBackAs": "again"}"#, key: "x")
                    .status == 409)
            #expect(try await office.market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `payments nobody has are not found, and nonsense names its field`() async throws {
        try await Office.run { office in
            let open = try await OpenPayment(office.market)
            let nobody = "/api/v1/payments/\(ID<Payment>())"
            #expect(try await office.get(nobody).status == 404)
            #expect(try await office.post(nobody + "/receipts", open.json(1)).status == 404)
            let receipts = "/api/v1/payments/\(open.payment)/receipts"
            for (json, field) in [
                (open.json(0), "amount"), (open.json(1, currency: "USD"), "amount"),
                (open.json(1, on: "2026-02-30"), "receivedOn"),
                (open.json(1, on: "2999-01-01"), "receivedOn"),
            ] {
                let refused = try await office.post(receipts, json)
                #expect(refused.status == 422, "\(refused.text)")
                #expect(refused.text.contains(field), "\(refused.text)")
            }
        }
    }
}

/// One thing that is to be paid by a way that a person confirms.
struct OpenPayment {
    let purchase: ID<Purchase>
    let payment: ID<Payment>
    let order: ID<Order>
    let total: Int64
    private let seller: GivenSeller

    init(_ market: TestMarketplace, _ module: String = "bank-transfer") async throws {
        _ = try await market.given.instance(.shipping)
        _ = try await market.given.instance(.tax)
        let isTransfer = module == "bank-transfer"
        let way = try await market.given.instance(
            ofPayments: module,
            isTransfer ? ["holder": "Guildhall GmbH", "iban": "DE89370400440532013000"] : [:])
        seller = try await market.given.verifiedSeller()
        let thing = try await Sale.thing(market, by: seller)
        let buyer = Buyer(account: try await market.given.account("Grace Customer").id)
        let checkout = try await market.marketplace.startCheckout(
            [CheckoutItem(variant: thing.variant, quantity: 1)], to: Given.address,
            email: "grace@example.com", as: buyer)
        let placed = try await market.marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: way, method: isTransfer ? "transfer" : "cash") { _ in
                "http://127.0.0.1/"
            },
            as: buyer)
        let detail = try await market.marketplace.findPurchase(placed.purchase.id, as: buyer)
        purchase = placed.purchase.id
        payment = placed.payment.id
        order = try #require(detail.orders.first).order.id
        total = placed.payment.amount.amount
    }

    func ship(_ market: TestMarketplace) async throws {
        try await market.marketplace.shipOrder(
            order, in: try ShippedParcel(carrier: "Post"), as: seller.member)
    }

    func json(
        _ amount: Int64, currency: String = "EUR", reference: String? = nil, on day: String? = nil
    ) -> String {
        var json = #"{"amount": {"amount": \#(amount), "currency": "\#(currency)"}"#
        if let reference { json += #", "reference": "\#(reference)""# }
        if let day { json += #", "receivedOn": "\#(day)""# }
        return json + "}"
    }
}
