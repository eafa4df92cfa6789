import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Cases at the support desk` {
    @Test func `a purchase is found by number, order, address and reference`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let all = try await office.get("/api/v1/payments")
            let reference = try all.require("items.0.reference")
            let number = sale.purchase.number
            for text in [
                number, number.lowercased(), number + "-2", "GRACE@example.com", reference,
            ] {
                let found = try await office.get("/api/v1/purchases?text=\(text)", as: .support)
                #expect(found.value("items.0.number") == number, "\(text)")
                #expect(found.value("items.1.number") == nil)
            }
            #expect(try await office.get("/api/v1/purchases?text=nobody").value("items.0") == nil)
            #expect(try await office.get("/api/v1/purchases?state=paid").value("items.0.id") != nil)
        }
    }

    @Test func `a case shows orders, timeline and attempts, and its page opens`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let path = "/purchases/\(sale.purchase.id)"
            let found = try await office.get("/api/v1" + path, as: .finance)
            #expect(found.value("orders.1.events.0.kind") == "placed")
            #expect(found.value("orders.0.events.1.kind") == "paid")
            #expect(found.value("payments.0.attempts.0.kind") == "start")
            #expect(found.value("payments.0.attempts.0.state") == "succeeded")
            let page = try await office.get(path, as: .support)
            #expect(page.status == 200)
            #expect(page.text.contains(sale.purchase.number))
            #expect(page.text.contains("Cancel this order"))
        }
    }

    @Test func `cancelling one order gives its money back and leaves its sibling`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let (first, second) = (sale.orders[0].order.id, sale.orders[1].order.id)
            let path = "/api/v1/orders/\(first)/cancellation"
            #expect(try await office.post(path, "{}", as: .support).status == 422)
            let reason = #"{"reason": "The customer called."}"#
            let answer = try await office.post(path, reason, as: .support, key: "once")
            #expect(answer.value("state") == "cancelled")
            let again = try await office.post(path, reason, as: .support, key: "once")
            #expect(again.text == answer.text)
            #expect(try await office.post(path, reason, as: .support, key: "other").status == 409)
            #expect(try await office.get("/api/v1/orders/\(second)").value("state") == "paid")
            let line = try #require(try await office.trail("order", "\(first)").last)
            #expect(line.action == "order.cancelled")
            #expect(line.reason == "The customer called.")

            while try await office.market.marketplace.settlePayments() > 0 {}
            let refund = try await office.get("/api/v1/orders/\(first)")
            #expect(refund.value("refunds.0.state") == "succeeded")
            #expect(try await office.market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `a purchase of which nothing is left says where its money is`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let page = "/purchases/\(sale.purchase.id)"
            let standing = try await office.get("/api/v1" + page)
            for order in sale.orders {
                _ = try await office.post(
                    "/api/v1/orders/\(order.order.id)/cancellation",
                    #"{"reason": "The customer called."}"#)
            }
            let returning = try await office.get(page)
            while try await office.market.marketplace.settlePayments() > 0 {}
            let returned = try await office.get(page, in: "de")
            let list = try await office.get("/purchases")
            let program = try await office.get("/api/v1" + page)

            #expect(standing.value("purchase.outcome") == "stands")
            #expect(returning.text.contains("cancelled, money on its way back"))
            #expect(returned.text.contains("storniert, Geld zurückgezahlt"))
            #expect(list.text.contains("cancelled, money returned"))
            #expect(program.value("purchase.outcome") == "returned")
            #expect(program.value("purchase.state") == "paid")
        }
    }

    @Test func `a way to pay is called what the customer read, in the reader's language`()
        async throws
    {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let another = try await office.market.given.instance(.payment)
            try await office.market.database.execute(
                """
                insert into payment_method (instance_id, code, label)
                values (\(sale.payment), 'card', 'Bank transfer'), (\(another), 'card', 'Cash')
                on conflict (instance_id, code) do update set label = excluded.label
                """)

            let page = try await office.get("/purchases/\(sale.purchase.id)", in: "de")
            let list = try await office.get("/payments", in: "fr")
            let program = try await office.get("/api/v1/payments")

            #expect(page.text.contains("Zahlung mit Überweisung"))
            #expect(list.text.contains("Virement"))
            #expect(program.value("items.0.method") == "card")
            #expect(program.value("items.0.methodName") == "Bank transfer")
            #expect(program.value("items.1.method") == nil, "each payment is listed once")
        }
    }

    @Test func `orders nobody has are not found, whatever is asked of them`() async throws {
        try await Office.run { office in
            let order = "/api/v1/orders/\(ID<Order>())"
            let missing = try await office.get(order)
            #expect(missing.status == 404)
            let reason = #"{"reason": "Because."}"#
            #expect(try await office.post(order + "/cancellation", reason).status == 404)
            #expect(try await office.post(order + "/refund", reason).status == 404)
            #expect(try await office.get("/api/v1/purchases/\(ID<Purchase>())").status == 404)
        }
    }
}
