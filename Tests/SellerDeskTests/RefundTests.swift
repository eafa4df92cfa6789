import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Giving money back at the desk` {
    @Test func `programs give back pieces, shipping, amounts, goodwill and the rest`() async throws
    {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 2)
            let program = try await desk.program()
            let path = "/api/v1/orders/\(sale.id)/refunds"
            let left = try #require(Int64(try await sale.value("refundable.amount")))
            let line = try await sale.value("lines.0.id")

            for (body, status) in [
                (#""kind": "lines", "lines": [{"lineId": "\#(line)", "quantity": 1}]"#, 201),
                (Self.amount(100), 201), (Self.amount(50, "goodwill"), 201),
                (Self.amount(0), 422), (Self.amount(-5), 422), (Self.amount(5, in: "XXX"), 422),
                (Self.amount(5, in: "USD"), 422), (Self.amount(left), 409),
                (Self.amount(5, "goodwill") + #", "fundedBy": "platform""#, 422),
                (#""kind": "lines", "lines": []"#, 422), (#""kind": "whole""#, 201),
                (#""kind": "whole""#, 409),
            ] {
                let answer = try await program.post(
                    path, text: #"{"reason": "a scratch", \#(body)}"#)
                #expect(answer.status == status, "\(body): \(answer.text)")
            }
            try await sale.settle()

            let kinds = try await sale.order().refunds.map(\.kind)
            #expect(kinds == [.lines, .amount, .goodwill, .whole])
            #expect(try await sale.value("refundable.amount") == "0")
            #expect(try await desk.kernel.verifyLedger().isClean)
        }
    }

    @Test func `what lost its answer is not given back again under its key`() async throws {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 2)
            let program = try await desk.program()
            func giveBack(_ key: String) async throws -> WebAnswer {
                try await program.post(
                    "/api/v1/orders/\(sale.id)/refunds",
                    text: #"{"reason": "a scratch", \#(Self.amount(100))}"#,
                    headers: [("idempotency-key", key)])
            }
            // A database that keeps no answer just now.
            try await desk.market.storage.tamper([
                "alter table idempotency_key add constraint lost check (status is null) not valid"
            ])
            #expect(try await giveBack("one").status == 500)
            try await desk.market.storage.tamper([
                "alter table idempotency_key drop constraint lost",
                // As when its process died: nobody gave the key back.
                "update idempotency_key set locked_until = now() - interval '1 second'",
            ])

            let repeated = try await giveBack("one")
            #expect(repeated.status == 409)
            #expect(repeated.json?["type"] == "/problems/idempotency.key-interrupted")
            #expect(try await sale.order().refunds.count == 1)
            #expect(try await giveBack("two").status == 201)
            #expect(try await sale.order().refunds.count == 2)
        }
    }

    private static func amount(
        _ amount: Int64, _ kind: String = "amount", in currency: String = "EUR"
    ) -> String {
        #""kind": "\#(kind)", "amount": {"amount": \#(amount), "currency": "\#(currency)"}"#
    }

    @Test func `the order's page offers what is left and gives it back`() async throws {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 2)
            let browser = try await desk.colleague(.orders)
            let page = try await browser.get("/orders/\(sale.id)")
            #expect(page.text.contains("Give money back"))

            let answer = try await browser.submit(
                page, "/orders/\(sale.id)/refunds",
                ["kind": "amount", "amount": "3,50", "currency": "EUR", "reason": "a scratch"])
            #expect(answer.text.contains("a part of the price"))
            try await sale.settle()

            let refund = try #require(try await sale.order().refunds.first)
            #expect(refund.amount == Money(350, .eur) && refund.state == .succeeded)
            let nonsense = try await browser.submit(
                try await browser.get("/orders/\(sale.id)"), "/orders/\(sale.id)/refunds",
                ["kind": "amount", "amount": "lots", "currency": "EUR", "reason": "a scratch"])
            #expect(nonsense.text.contains("Write it in EUR with at most 2 digits"))
        }
    }

    @Test func `a part is called off while nothing is taken, and never is`() async throws {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 2, capture: .atShipment)
            let browser = try await desk.colleague(.orders)
            let path = "/orders/\(sale.id)/refunds"
            let page = try await browser.get("/orders/\(sale.id)")
            #expect(page.text.contains("Call a part off"))
            #expect(!page.text.contains("Give money back") && !page.text.contains("Goodwill"))
            let total = try await sale.order().reserved.amount

            let answer = try await browser.submit(
                page, path,
                [
                    "kind": "lines", "lines.0.lineId": try await sale.value("lines.0.id"),
                    "lines.0.quantity": "1", "restocking": "unshipped", "reason": "it cracked",
                ])
            #expect(answer.text.contains("called off") && answer.text.contains("it cracked"))
            let less = try await sale.order()
            let off = try #require(less.refunds.first)
            #expect(off.state == .calledOff && less.lines[0].withheld == 1)
            try await sale.ship()
            try await sale.settle()

            #expect(TestBank.of(sale.payment).held == less.reserved.amount)
            #expect(less.reserved.amount == total - off.amount.amount)
            let later = try await browser.get("/orders/\(sale.id)")
            #expect(later.text.contains("Give money back"))
            #expect(try await desk.kernel.verifyLedger().isClean)
        }
    }

    @Test func `a failed one is asked for again from the page`() async throws {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 1)
            let browser = try await desk.colleague(.finance)
            TestBank.of(sale.payment).fail(.declined)
            _ = try await browser.submit(
                try await browser.get("/orders/\(sale.id)"), "/orders/\(sale.id)/refunds",
                ["kind": "amount", "amount": "1", "currency": "EUR", "reason": "a scratch"])
            try await sale.settle()
            let failed = try #require(try await sale.order().refunds.first)
            #expect(failed.state == .failed)

            let page = try await browser.get("/orders/\(sale.id)")
            let path = "/orders/\(sale.id)/refunds/\(failed.id)/retries"
            #expect(page.text.contains(path))
            _ = try await browser.submit(page, path, [:])
            try await sale.settle()

            #expect(try await sale.order().refunds.map(\.state) == [.failed, .succeeded])
        }
    }

    @Test func `nobody gives back money of another shop's order`() async throws {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 1)
            let stranger = try await desk.market.given.verifiedSeller("Stranger")
            let program = try await desk.program(of: stranger.owner)
            let body: JSONValue = ["reason": "mine"]
            let path = "/api/v1/orders/\(sale.id)/refunds"

            #expect(try await program.send("POST", path, body).status == 404)
            let retry = path + "/\(ID<Refund>())/retries"
            #expect(try await program.send("POST", retry).status == 404)
            #expect(try await sale.order().refunds.isEmpty)
        }
    }
}

/// An order of the desk's shop, on its way to the customer.
struct SoldOrder: Sendable {
    let desk: Desk
    let payment: ID<ProviderInstance>
    let id: ID<Order>

    /// On its way, or, where the money is taken at the shipment, to be packed.
    init(
        _ desk: Desk, quantity: Int, capture: ProviderInstance.Capture = .atOrder
    ) async throws {
        self.desk = desk
        payment = try await desk.market.given.providers(capture: capture)
        let listing = try await desk.listing("Bowl")
        let customer = try await desk.market.given.account("Grace Customer")
        let buyer = Buyer(account: customer.id)
        let variant = try #require(listing.variants.first).id
        let checkout = try await desk.kernel.startCheckout(
            [CheckoutItem(variant: variant, quantity: quantity)], to: Given.address,
            email: "grace@example.com", as: buyer)
        let placed = try await desk.kernel.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: payment, method: "card") { _ in "http://127.0.0.1/" },
            as: buyer)
        let detail = try await desk.kernel.findPurchase(placed.purchase.id, as: buyer)
        id = try #require(detail.orders.first).order.id
        if capture == .atOrder { try await ship() }
    }

    func ship() async throws {
        try await desk.kernel.shipOrder(
            id, in: try ShippedParcel(carrier: "Post"), as: desk.shop.member)
    }

    func order() async throws -> OrderDetail {
        try await desk.kernel.findOrder(id, as: desk.shop.member)
    }

    func value(_ path: String) async throws -> String {
        let order = try await order()
        switch path {
        case "refundable.amount": return String(order.refundable.amount)
        default: return try #require(order.lines.first).id.description
        }
    }

    func settle() async throws {
        while try await desk.kernel.settlePayments() > 0 {}
    }
}

extension Program {
    fileprivate func post(
        _ path: String, text: String, headers: [(String, String)] = []
    ) async throws -> WebAnswer {
        try await browser.raw(
            "POST", path,
            headers: headers + [
                ("accept", "application/json"), ("content-type", "application/json"),
                ("authorization", "Bearer \(token)"),
            ], body: Array(text.utf8))
    }
}
