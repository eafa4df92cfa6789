import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `What went on to a seller's bank` {
    @Test func `is listed with what the bank did not take, page by page, to nobody else`()
        async throws
    {
        try await Desk.run { desk in
            let provider = try await desk.market.given.instance(ofPayments: "test-accounts")
            let browser = try await desk.colleague(.finance)
            #expect(!(try await browser.get("/money").text.contains("/money/bank-payouts")))
            _ = try await desk.kernel.connectPayoutAccount(
                at: provider, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: desk.shop.member)
            for day in 1...21 {
                try await desk.kernel.applyBankPayout(
                    BankPayoutSnapshot(
                        reference: "po_\(day)x", account: "acct_\(desk.shop.id)",
                        status: day == 1 ? .failed : .paid,
                        amount: Money(day == 2 ? -4200 : 4200, .eur),
                        failureCode: day == 1 ? "account_closed" : nil,
                        failure: day == 1 ? "The bank account has been closed." : nil,
                        madeAt: Instant.systemNow.advanced(days: -day), version: 3), at: provider)
            }

            #expect(try await browser.get("/money").text.contains("/money/bank-payouts"))
            #expect(try await browser.get("/money/accounts").text.contains("/money/bank-payouts"))
            let page = try await browser.get("/money/bank-payouts").text
            #expect(page.contains("not taken by the bank"))
            #expect(page.contains("The bank account has been closed."))
            #expect(page.ranges(of: "taken from the bank").count == 1, "the second")
            #expect(page.contains("po_20x") && !page.contains("po_21x"))
            let start = try #require(page.firstRange(of: "/money/bank-payouts?after="))
            let next = page[start.lowerBound...].prefix { $0 != "\"" }
            let older = try await browser.get(String(next)).text
            #expect(older.contains("po_21x") && !older.contains("po_20x"))

            let program = try await desk.program()
            let told = try await program.get("/api/v1/bank-payouts?limit=1").text
            #expect(told.contains(#""status":"failed""#) && told.contains("account_closed"))
            let stranger = try await desk.market.given.verifiedSeller("Other")
            let theirs = try await desk.program(of: stranger.owner).get("/api/v1/bank-payouts")
            #expect(theirs.status == 200 && !theirs.text.contains("po_"))
            let packer = try await desk.colleague(.orders)
            #expect(try await packer.get("/money/bank-payouts").status == 403)
        }
    }
}
