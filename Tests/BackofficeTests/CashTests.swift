import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Cash and payouts at the desk` {
    @Test func `overdue cash is found by its number, confirmed or decided on its page`()
        async throws
    {
        try await Office.run { office in
            let scene = try await Scene(office)
            let (first, second) = (try await scene.overdueCash(), try await scene.overdueCash())
            let listed = try await office.get("/api/v1/cash?state=overdue", as: .support)
            #expect(listed.value("items.0.order") == "\(first)")
            #expect(listed.value("items.1.order") == "\(second)")
            let number = try listed.require("items.1.orderNumber")
            let found = try await office.get("/cash?text=\(number)", as: .finance).text
            #expect(found.contains(number))
            #expect(!found.contains(try listed.require("items.0.orderNumber")))
            let decide = "/orders/\(first)/cash-decision"
            #expect(!(try await office.get("/cash", as: .support).text.contains(decide)))
            for role in [AdminRole.support, .catalogue] {
                let refused = try await office.post(
                    "/api/v1" + decide, #"{"reason": "It was paid."}"#, as: role)
                #expect(refused.status == 403)
            }

            let decided = try await office.submit(
                [("reason", "The customer has a receipt.")], to: decide, on: "/cash", as: .finance)
            #expect(decided.status == 303)
            let total = try listed.require("items.1.amount.amount")
            let said = try await office.submit(
                [
                    ("amount.amount@amount.currency", Money(Int64(total) ?? 0, .eur).decimalText),
                    ("amount.currency", "EUR"), ("note", "the seller, by telephone"),
                ], to: "/orders/\(second)/delivery-receipts", on: "/cash", as: .finance)
            #expect(said.status == 303)

            #expect(try await office.get("/api/v1/cash").value("items.0") == nil)
            #expect(try await office.get("/cash").text.contains("Nothing waits to be said."))
            let trail = try await office.trail("order", "\(first)")
            #expect(trail.map(\.action).contains("order.cash-decided"))
        }
    }

    @Test func `a payout's page says what taking it back would do, and does it once`()
        async throws
    {
        try await Office.run { office in
            let payout = try await Scene(office).paidPayout()
            let page = "/payouts/\(payout)"
            let action = page + "/reversals"
            let shown = try await office.get(page, as: .finance).text
            #expect(
                shown.contains("Leaves the seller&#39;s account at the provider")
                    || shown.contains("Leaves the seller's account at the provider"))
            let refused = try await office.post(
                "/api/v1" + action, #"{"reason": "It was wrong."}"#, as: .support)
            #expect(refused.status == 403)
            let before = try await office.get("/api/v1\(page)/take-back")
            #expect(before.value("amount.amount") == "1000" && before.value("refusal") == nil)

            let done = try await office.submit(
                [("reason", "It was paid to the wrong shop."), ("freeze", "true")], to: action,
                on: page, as: .finance)
            #expect(done.status == 303)

            let after = try await office.get("/api/v1\(page)/take-back")
            #expect(after.value("reversals.0.reason") == "It was paid to the wrong shop.")
            #expect(after.value("isFrozen") == "true")
            #expect(after.value("refusal")?.contains("taken back already") == true)
            let again = try await office.post(
                "/api/v1" + action, #"{"reason": "Once more."}"#, key: "other")
            #expect(again.status == 409)
            let unknown = try await office.post(
                "/api/v1/payouts/\(ID<Payout>())/reversals", #"{"reason": "Whose?"}"#)
            #expect(unknown.status == 404)
        }
    }
}
