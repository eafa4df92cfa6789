import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Whoever changes credentials or asks for money again` {
    @Test func `says why`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = "/api/v1/orders/\(sale.orders[0].order.id)"
            let change = #""version": 1, "name": "Bank", "capture": "at_order", "settings": []"#
            for (path, rest) in [
                ("/api/v1/providers/\(sale.payment)/configuration", change + ", "),
                (order + "/captures", ""), (order + "/refunds/\(ID<Refund>())/retries", ""),
            ] {
                for reason in [#""reason": "x""#, #""reason": "  ""#, #""why": "not asked""#] {
                    let answer = try await office.post(path, "{\(rest)\(reason)}")
                    #expect(answer.status == 422, "\(path): \(answer.text)")
                    #expect(answer.value("field") == "reason" || reason.contains("why"))
                }
            }
            let page = try await office.get("/providers/\(sale.payment)")
            let form = page.text.split(separator: "</form>")
                .first { $0.contains("action=\"/providers/\(sale.payment)/configuration\"") }
            #expect(form?.contains("name=\"reason\"") == true)
        }
    }

    @Test func `is found with it in the trail`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = sale.orders[0].order.id
            let changed = try await office.post(
                "/api/v1/providers/\(sale.payment)/configuration",
                #"""
                {"version": 1, "name": "Bank", "capture": "at_order", "settings": [],
                    "reason": "The bank has another name."}
                """#)
            #expect(changed.status == 200, "\(changed.text)")
            let bank = TestBank.of(sale.payment)
            bank.fail(.declined)
            _ = try await office.post(
                "/api/v1/orders/\(order)/refund",
                #"""
                {"reason": "a scratch", "kind": "amount",
                    "amount": {"amount": 400, "currency": "EUR"}}
                """#, as: .support)
            while try await office.market.marketplace.settlePayments() > 0 {}
            let refund = try await office.get("/api/v1/orders/\(order)").require("refunds.0.id")
            let again = try await office.post(
                "/api/v1/orders/\(order)/refunds/\(refund)/retries",
                #"{"reason": "The bank can again."}"#, as: .support)
            #expect(again.status == 200, "\(again.text)")

            let ofBank = try await office.trail("provider_instance", "\(sale.payment)")
            #expect(ofBank.last?.reason == "The bank has another name.")
            let ofOrder = try await office.trail("order", "\(order)")
            #expect(
                ofOrder.last?.reason?.hasSuffix("a scratch; asked for again: The bank can again.")
                    == true)
        }
    }
}
