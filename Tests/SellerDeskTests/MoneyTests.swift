import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A seller's money` {
    @Test func `the schedule is set, and the next day is shown`() async throws {
        try await Desk.run { desk in
            let program = try await desk.program()
            let path = "/api/v1/wallets/\(desk.shop.wallet)/payout-schedules/EUR"
            let set = try await program.send(
                "PUT", path, .object(["every": .string("monthly"), "day": .integer(15)]))
            #expect(set.status == 200)
            #expect(set.text.contains("-15T06:00:00Z"))
            let wrong = try await program.send(
                "PUT", path, .object(["every": .string("weekly"), "day": .integer(9)]))
            #expect(wrong.status == 422 && wrong.text.contains("\"day\""))
            let stranger = try await desk.market.given.verifiedSeller()
            let other = try await program.send(
                "PUT", "/api/v1/wallets/\(stranger.wallet)/payout-schedules/EUR",
                .object(["every": .string("daily")]))
            #expect(other.status == 404)
        }
    }

    @Test func `the first page says when what is available goes out`() async throws {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 1)
            let browser = try await desk.colleague(.owner)
            let before = try await browser.get("/").text
            let customer = try #require(
                try await desk.market.database.query("select account_id from purchase")
                    .decode { c in try c.next(ID<Account>.self) }.first)
            try await desk.kernel.confirmDelivery(sale.id, as: Buyer(account: customer))
            try await desk.kernel.moveClock(by: .seconds(8 * 86_400), as: nil)
            while try await desk.kernel.releaseHolds() > 0 {}

            let page = try await browser.get("/").text

            func tile(_ page: String) -> Substring? {
                page.firstRange(of: "<dt>Paid out next</dt>").map {
                    page[$0.upperBound...].prefix(while: { $0 != "§" }).prefix(300)
                }
            }
            #expect(tile(before)?.contains("goes out") == false, "nothing is available")
            #expect(tile(page)?.contains("goes out") == true)
        }
    }

    @Test func `a freeze and its reason stand on top of the money page`() async throws {
        try await Desk.run { desk in
            let admin = try await desk.market.given.administrator()
            try await desk.kernel.freezePayouts(
                of: desk.shop.id, reason: "Complaints are looked at.", by: admin.id)
            let program = try await desk.program()
            let schedules = try await program.get("/api/v1/payout-schedules")
            #expect(schedules.text.contains("Complaints are looked at."))
            let browser = try await desk.colleague(.finance)
            let page = try await browser.get("/money")
            #expect(page.text.contains("Nothing is paid out at present: Complaints"))
        }
    }

    @Test func `statements of strangers are not there, and PDFs come or say why not`() async throws
    {
        try await Desk.run { desk in
            let program = try await desk.program()
            let stranger = try await desk.market.given.verifiedSeller()
            let month = StatementMonth(of: try await desk.kernel.marketNow())
            let theirs = "/api/v1/statements/\(stranger.wallet)/EUR/\(month)"
            let mine = "/api/v1/statements/\(desk.shop.wallet)/EUR/\(month)"
            for file in ["", "/csv", "/pdf"] {
                #expect(try await program.get(theirs + file).status == 404)
            }
            #expect(try await program.get(mine).status == 200)
            #expect(try await program.get(mine + "/csv").text.contains("closing balance"))
            let pdf = try await program.get(mine + "/pdf")
            #expect(
                pdf.status == 200 && pdf.text.hasPrefix("%PDF-")
                    || pdf.status == 503 && pdf.text.contains("weasyprint"))
            #expect(try await program.get(mine.dropLast(2) + "13").status == 404)
            let browser = try await desk.colleague(.finance)
            let page = try await browser.get(
                "/money/statements/\(desk.shop.wallet)/EUR/\(month)")
            #expect(page.text.contains("Opening balance"))
            #expect(try await browser.get("/money/statements").status == 200)
        }
    }

    @Test func `a line of an invoice names the invoice that it corrects`() async throws {
        try await Desk.run { desk in
            let order = try await SoldOrder(desk, quantity: 1).id
            let first = try await desk.market.given.invoice(of: desk.shop)
            let second = ID<CommissionInvoice>()
            _ = try await desk.market.database.batch([
                """
                insert into commission_invoice (id, number, seller_id, currency, month, commission,
                    commission_vat, tax_by_platform)
                select \(second)::uuid, number + 1, seller_id, currency, '2026-02-01', -123, 0, 0
                from commission_invoice where id = \(first)
                """,
                """
                insert into commission_invoice_line (invoice_id, order_id, commission,
                    commission_vat, tax_by_platform, corrects)
                values (\(second), \(order), -123, 0, 0, \(first))
                """,
            ])
            let browser = try await desk.colleague(.finance)

            let page = try await browser.get("/money/invoices/\(second)")
            let answer = try await desk.program().get("/api/v1/invoices/\(second)")

            #expect(page.text.contains("Correction of invoice 1"))
            #expect(page.text.contains("1.23"))
            #expect(answer.text.contains("\"corrects\":1"))
            #expect(answer.text.contains("-123"))
        }
    }
}
