import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Paying out from the back office` {
    @Test func `a plan is made, approved by another person, and applied once`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let limit = #"{"currency": "EUR", "amount": 1, "reason": "A small market."}"#
            #expect(
                try await office.post("/api/v1/payout-limits", limit, as: .finance).status == 403)
            #expect(try await office.post("/api/v1/payout-limits", limit).status == 200)

            let plan = try await office.post("/api/v1/payout-plans", "{}", as: .finance)
            #expect(plan.value("needsApproval") == "true")
            let path = "/payout-plans/\(try plan.require("id"))"
            #expect(plan.value("isCut") == "false")
            #expect(try await !office.get(path).text.contains("This plan stopped at"))
            try await office.market.database.execute("update payout_plan set is_cut = true")
            #expect(try await office.get(path).text.contains("This plan stopped at 500 lines."))
            #expect(try await office.get("/api/v1\(path)").value("isCut") == "true")
            let lines = try await office.get("/api/v1\(path)/lines", as: .finance)
            #expect(lines.value("items.1.outcome") == "pays")
            #expect(lines.value("items.2.outcome") == nil)

            let applied = #"{"reason": "Looked at it twice."}"#
            let early = try await office.post("/api/v1\(path)/application", applied, as: .finance)
            #expect(early.status == 409)
            let reason = #"{"reason": "Looked at both."}"#
            let own = try await office.post("/api/v1\(path)/approval", reason, as: .finance)
            #expect(own.status == 403)
            #expect(try await office.get(path).text.contains("Approve the plan"))
            #expect(try await office.post("/api/v1\(path)/approval", reason).status == 200)
            let run = try await office.post("/api/v1\(path)/application", applied, as: .finance)
            #expect(run.value("payouts.1.state") == "held")
            let again = try await office.post("/api/v1\(path)/application", applied)
            #expect(again.status == 409)
            #expect(try await office.get("/payout-plans?state=applied").text.contains(path))
            let trail = try await office.trail("payout_plan", String(path.suffix(36)))
            #expect(
                trail.map(\.action) == [
                    "payout-plan.made", "payout-plan.approved", "payout-plan.applied",
                ])
            #expect(trail.last?.reason == "Looked at it twice.")
        }
    }

    @Test func `a higher limit is shown until a second person sets it too`() async throws {
        try await Office.run { office in
            func set(_ amount: Int) async throws -> OfficeAnswer {
                try await office.post(
                    "/api/v1/payout-limits",
                    #"{"currency": "EUR", "amount": \#(amount), "reason": "A rule of ours."}"#)
            }
            let lower = try await set(500_000)
            #expect(lower.text.contains(#""amount":500000"#) && lower.value("waiting.0") == nil)
            let higher = try await set(900_000)
            #expect(higher.text.contains(#""amount":500000"#))
            #expect(higher.value("waiting.0.limit.amount") == "900000")
            let page = try await office.get("/payout-plans").text
            #expect(page.contains("EUR, waits for a second person"))

            let colleague = try await office.market.given.administrator()
            try await office.market.marketplace.setApprovalLimit(
                .eur, to: 900_000, reason: "I agree.", by: colleague.id)
            let after = try await office.get("/api/v1/payout-limits")
            #expect(after.text.contains(#""amount":900000"#) && after.value("waiting.0") == nil)
        }
    }

    @Test func `the market's own plan is applied by another than who approved it`() async throws {
        try await Office.run { office in
            let kernel = office.market.marketplace
            let sale = try await Sale(office.market)
            let seller = try #require(sale.sellers.first)
            try await kernel.setPayoutSchedule(
                of: seller.wallet, .eur, every: .daily, day: nil, minimum: nil, as: seller.member)
            try await sale.deliver(office.market)
            while try await kernel.releaseHolds() > 0 {}
            let boss = try #require(office.accounts[.administrator]).id
            try await kernel.setApprovalLimit(.eur, to: 1, reason: "small market", by: boss)
            _ = try await kernel.runSchedules()
            try await kernel.moveClock(by: .seconds(2 * 86_400), as: nil)
            _ = try await kernel.runSchedules()
            let plan = try #require(
                try await kernel.payoutPlans(in: .open, PageRequest()).items.first)
            try await kernel.approvePayoutPlan(plan.id, reason: "Seen.", by: boss)
            func offersIt(_ role: AdminRole) async throws -> Bool {
                try await office.get("/payout-plans/\(plan.id)", as: role).text
                    .contains("action=\"/payout-plans/\(plan.id)/application\"")
            }

            #expect(try await !offersIt(.administrator))
            #expect(try await offersIt(.finance))
            let path = "/api/v1/payout-plans/\(plan.id)/application"
            let reason = #"{"reason": "Both have looked."}"#
            #expect(try await office.post(path, reason).status == 403)
            #expect(try await office.post(path, reason, as: .finance).status == 200)
        }
    }

    @Test func `a line of an invoice names the invoice that it corrects`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = try #require(sale.orders.first).order
            let seller = try #require(sale.sellers.first { $0.id == order.seller })
            let first = try await office.market.given.invoice(of: seller)
            let second = ID<CommissionInvoice>()
            _ = try await office.market.database.batch([
                """
                insert into commission_invoice (id, number, seller_id, currency, month, commission,
                    commission_vat, tax_by_platform)
                select \(second)::uuid, number + 1, seller_id, currency, '2026-02-01', -123, 0, 0
                from commission_invoice where id = \(first)
                """,
                """
                insert into commission_invoice_line (invoice_id, order_id, commission,
                    commission_vat, tax_by_platform, corrects)
                values (\(second), \(order.id), -123, 0, 0, \(first))
                """,
            ])

            let page = try await office.get("/invoices/\(second)")

            #expect(page.text.contains("Correction of invoice 1"))
        }
    }

    @Test func `a failed payout that proves paid is booked on its page`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let kernel = office.market.marketplace
            let payout = try #require(try await kernel.runPayouts().payouts.first)
            let instance = TestBank.of(payout.instance)
            instance.fail(.declined)
            _ = try await kernel.sendPayout(payout.id)
            _ = try await kernel.settlePayout(
                payout.id,
                PayoutSnapshot(
                    reference: "out_late", status: .succeeded, amount: payout.amount, version: 9))
            let path = "/payouts/\(payout.id)"
            #expect(try await office.get("/api/v1\(path)").value("isContradicted") == "true")
            #expect(try await office.get(path).text.contains("Book it as paid"))

            let booked = try await office.post(
                "/api/v1\(path)/verdict", #"{"outcome": "paid", "reason": "On the list."}"#)

            #expect(booked.value("state") == "paid" && booked.value("isContradicted") == "false")
            #expect(try await !office.get(path).text.contains("Book it as paid"))
            #expect(try await kernel.payoutFreeze(of: payout.seller) == nil)
        }
    }

    @Test func `a payout of which a part was taken back at its provider says so on its page`()
        async throws
    {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let kernel = office.market.marketplace
            let payout = try #require(try await kernel.runPayouts().payouts.first)
            let path = "/payouts/\(payout.id)"
            for (version, code) in [(1, nil), (501, "reversed_in_part")] as [(Int64, String?)] {
                _ = try await kernel.settlePayout(
                    payout.id,
                    PayoutSnapshot(
                        reference: "tr_1", status: .succeeded, amount: payout.amount,
                        version: version, failureCode: code))
                let page = try await office.get(path).text
                #expect(page.contains("Since then") == (code != nil))
                #expect(
                    page.contains("A part of it was taken back at the provider.") == (code != nil))
            }
        }
    }

    @Test func `a freeze has a reason, is seen, and ends`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let seller = try #require(sale.sellers.first)
            let path = "/sellers/\(seller.id)"
            let answer = try await office.submit(
                [("reason", "Complaints are looked at.")], to: "\(path)/payout-freeze",
                on: "\(path)/payouts")
            #expect(answer.status == 303)
            #expect(
                try await office.get("\(path)/payouts").text.contains("Complaints are looked at."))
            let plan = try await office.post("/api/v1/payout-plans", "{}")
            let lines = try await office.get(
                "/api/v1/payout-plans/\(try plan.require("id"))/lines")
            #expect(lines.text.contains("an administrator froze the seller's payouts"))
            let lifted = try await office.post(
                "/api/v1\(path)/payout-freeze/lift", #"{"reason": "All is well."}"#)
            #expect(lifted.value("isFrozen") == "false")
        }
    }

    @Test func `a reserve of more than everything is refused with the field`() async throws {
        try await Office.run { office in
            let seller = try await office.market.given.verifiedSeller()
            let path = "/api/v1/sellers/\(seller.id)/reserve"
            func set(_ rate: Int, _ days: Int) async throws -> OfficeAnswer {
                try await office.post(
                    path, #"{"ratePpm": \#(rate), "days": \#(days), "reason": "New shop."}"#)
            }
            #expect(try await set(1_100_000, 30).status == 422)
            let noDays = try await set(100_000, 0)
            #expect(noDays.status == 422 && noDays.text.contains("days"))
            #expect(try await set(100_000, 30).value("reserveDays") == "30")
            #expect(try await office.get("/sellers/\(seller.id)/payouts").text.contains("10 %"))
        }
    }

    @Test func `a month's statement is a page, an answer and a CSV`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let seller = try #require(sale.sellers.first)
            let list = try await office.get("/api/v1/sellers/\(seller.id)/statements")
            let month = try list.require("items.0.last")
            let path = "/sellers/\(seller.id)/statements/\(seller.wallet)/EUR/\(month)"
            let statement = try await office.get("/api/v1" + path)
            let order = try #require(sale.orders.first { $0.order.seller == seller.id })
            #expect(
                statement.value("closing.amount")
                    == String(order.order.amounts.sellerShare.amount))
            #expect(try await office.get(path).text.contains("Opening balance"))
            #expect(try await office.get("/api/v1\(path)/csv").text.contains(order.order.number))
            #expect(try await office.get("/api/v1\(path.dropLast(2))13").status == 404)
        }
    }

    @Test func `a bank's file is asked for by whoever may pay out`() async throws {
        try await Office.run { office in
            let nowhere = "/api/v1/payout-files/\(ID<PayoutFileBatch>())"
            #expect(try await office.get(nowhere).status == 404)
            #expect(try await office.get(nowhere + "/content").status == 404)
            #expect(try await office.get(nowhere + "/content", as: .support).status == 403)
            let results = #"{"results": "a1,vanished", "reason": "Statement 7."}"#
            let wrong = try await office.post(nowhere + "/results", results)
            #expect(wrong.status == 422 && wrong.text.contains("Line 1"))
            #expect(try await office.get("/payout-files").text.contains("Nothing waits."))
            let report = #"{"instance": "\#(ID<ProviderInstance>())", "content": "<Document/>"}"#
            #expect(try await office.post("/api/v1/bank-reports", report).status == 404)
            let denied = try await office.post("/api/v1/bank-reports", report, as: .support)
            #expect(denied.status == 403)
            #expect(try await office.get("/bank-reports").text.contains("No message was read yet."))
            let unknown = "/api/v1/bank-reports/\(ID<BankReportRun>())"
            #expect(try await office.get(unknown).status == 404)
        }
    }
}
