import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Refunds and commission of the back office` {
    @Test func `support refunds a part, gives goodwill of the market, and the books hold`()
        async throws
    {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = sale.orders[0].order.id
            let path = "/api/v1/orders/\(order)/refund"
            let goodwill =
                #"{"reason": "sorry", "kind": "goodwill", "fundedBy": "platform", "#
                + #""amount": {"amount": 300, "currency": "EUR"}}"#
            let part =
                #"{"reason": "a scratch", "kind": "amount", "#
                + #""amount": {"amount": 400, "currency": "EUR"}}"#
            #expect(try await office.post(path, goodwill, as: .support).status == 200)
            #expect(try await office.post(path, part, as: .support).status == 200)
            let whole = try await office.post(path, #"{"reason": "all of it"}"#, as: .support)
            #expect(whole.status == 409)
            while try await office.market.marketplace.settlePayments() > 0 {}

            let found = try await office.get("/api/v1/orders/\(order)")
            #expect(found.value("refunds.0.state") == "succeeded")
            #expect(found.value("refunds.0.goodwill.amount") == "300")
            #expect(found.value("refunds.1.parts.0.commission.amount") == "40")
            let page = try await office.get("/purchases/\(sale.purchase.id)", as: .support)
            #expect(page.text.contains("goodwill of the platform"))
            #expect(page.text.contains("Refund things or shipping"))
            #expect(try await office.market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `a refund that makes no sense is refused with a sentence, and nothing moves`()
        async throws
    {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = sale.orders[0]
            let path = "/api/v1/orders/\(order.order.id)"
            let above = order.refundable.amount + 1
            for (amount, currency) in [
                (above, "EUR"), (0, "EUR"), (-5, "EUR"), (5, "USD"), (5, "XXX"), (5, ""),
                (Int64.max, "EUR"),
            ] {
                for kind in [#""amount""#, #""goodwill", "fundedBy": "platform""#] {
                    let answer = try await office.post(
                        path + "/refund",
                        #"{"reason": "chance", "kind": \#(kind), "#
                            + #""amount": {"amount": \#(amount), "currency": "\#(currency)"}}"#,
                        as: .support)
                    let wish = "\(kind) \(amount) \(currency): \(answer.text)"
                    #expect([409, 422].contains(answer.status), "\(wish)")
                    #expect(answer.value("detail")?.hasSuffix(".") == true, "\(wish)")
                }
            }

            let found = try await office.get(path)
            #expect(found.value("refunds.0.id") == nil)
            #expect(try await office.market.marketplace.settlePayments() == 0)
            #expect(try await office.market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `a person types an amount in major units, and a wrong one is told`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = sale.orders[0].order.id
            let page = "/purchases/\(sale.purchase.id)"
            func type(_ amount: String) async throws -> OfficeAnswer {
                try await office.submit(
                    [
                        ("kind", "amount"), ("amount.amount@amount.currency", amount),
                        ("amount.currency", "EUR"), ("reason", "a scratch"),
                    ], to: "/orders/\(order)/refund", on: page, as: .support)
            }
            #expect(try await office.get(page).text.contains("How much, in EUR"))

            let wrong = try await type("4.005")
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("at most 2 digits after the point, such as 12.50"))
            #expect(wrong.text.contains("4.005"))
            #expect(try await type("4,05").status == 303)

            let found = try await office.get("/api/v1/orders/\(order)")
            #expect(found.value("refunds.0.amount.amount") == "405")
        }
    }

    @Test func `a rule is drafted, simulated, published and ended`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let seller = sale.sellers[0].id
            let rule = try await office.post(
                "/api/v1/commission-rules",
                #"{"ratePpm": 200000, "seller": "\#(seller)", "name": "Twice", "draft": true, "#
                    + #""amounts": [{"currency": "EUR", "cap": 350}], "reason": "a trial"}"#,
                as: .finance)
            #expect(rule.value("state") == "draft")
            let path = "/commission-rules/\(try rule.require("id"))"

            let simulation = try await office.get("/api/v1" + path + "/simulation?days=30")
            #expect(simulation.value("orders") == "2")
            #expect(simulation.value("sellers.0.charged.amount") == "200")
            #expect(simulation.value("sellers.0.difference.amount") == "150")
            #expect(try await office.get(path + "/simulation").text.contains("€\u{a0}1.50"))
            #expect(try await office.get("/commission").text.contains("Publish it"))

            let reason = #"{"reason": "from today"}"#
            let published = try await office.post("/api/v1" + path + "/publication", reason)
            #expect(published.value("state") == "published")
            let again = try await office.post("/api/v1" + path + "/publication", reason)
            #expect(again.status == 409)
            let clash = try await office.post(
                "/api/v1/commission-rules",
                #"{"ratePpm": 1, "seller": "\#(seller)", "reason": "another"}"#)
            #expect(clash.status == 409)
            #expect(clash.text.contains("“Twice” is for the same sales"))
            #expect(try await office.post("/api/v1" + path + "/end", reason).status == 200)
        }
    }

    @Test func `a person types rates in percent, and a wrong one is told at its input`()
        async throws
    {
        try await Office.run { office in
            func type(_ rate: String) async throws -> OfficeAnswer {
                try await office.submit(
                    [("name", "Typed"), ("ratePpm@percent", rate), ("reason", "a trial")],
                    to: "/commission-rules", on: "/commission", as: .finance)
            }
            #expect(try await office.get("/commission").text.contains("In percent, such as 12.5."))

            for wrong in ["110", "-1", "12.50001", "a tenth"] {
                let answer = try await type(wrong)
                #expect(answer.status == 422, "\(wrong)")
                #expect(answer.text.contains("Write it in percent from 0 to 100"), "\(wrong)")
                #expect(answer.text.contains("<span>Rate, in percent</span>"), "\(wrong)")
                #expect(answer.text.contains("value=\"\(wrong)\""), "\(wrong)")
            }
            let rules = try await office.get("/api/v1/commission-rules")
            #expect(rules.value("items.1.id") == nil)
            let vat = try await office.submit(
                [("country", "AT"), ("ratePpm@percent", "20,5 %"), ("reason", "the law")],
                to: "/commission-vat", on: "/commission", as: .finance)
            #expect(vat.status == 303)
            #expect(try await office.get("/api/v1/commission-vat").text.contains("205000"))
        }
    }

    @Test func `nonsense about commission is refused with a sentence`() async throws {
        try await Office.run { office in
            for (body, field) in [
                (#"{"ratePpm": 1100000, "reason": "greedy"}"#, "ratePpm"),
                (#"{"ratePpm": -1, "reason": "generous"}"#, "ratePpm"),
                (
                    #"{"ratePpm": 1, "fixedAmount": 1, "fixedCurrency": "XXX", "reason": "what"}"#,
                    "fixedCurrency"
                ),
                (#"{"ratePpm": 1, "bandFrom": 5, "reason": "in what"}"#, "bandFrom"),
                (
                    #"{"ratePpm": 1, "seller": "\#(ID<Seller>())", "reason": "of whom"}"#, "seller"
                ),
            ] {
                let answer = try await office.post("/api/v1/commission-rules", body)
                #expect(answer.status == 422, "\(body): \(answer.text)")
                #expect(answer.value("field") == field)
            }
            let vat = try await office.post(
                "/api/v1/commission-vat",
                #"{"country": "DE", "ratePpm": 190000, "reverseCharge": true, "reason": "law"}"#)
            #expect(vat.value("items.0.ratePpm") == "190000")
        }
    }
}
