import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Money that waits for somebody else` {
    @Test func `a disputed order's money has a bucket of its own, with the reason`() async throws {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 1)
            let share = try await sale.order().order.amounts.sellerShare
            try await sale.dispute(.needsResponse, version: 10)

            let browser = try await desk.colleague(.finance)
            let page = try await browser.get("/money").text
            #expect(page.contains("<dt>Disputed</dt><dd>\(Format.money(share))</dd>"))
            #expect(page.contains("What disputes hold") && page.contains("product not received"))
            let home = try await browser.get("/").text
            #expect(home.contains(#"<rect class="disputed" x="0" y="0" width="600""#))
            #expect(home.contains("Disputed</td><td class=\"money\">\(Format.money(share))</td>"))
            let program = try await desk.program()
            let held = try await program.get("/api/v1/disputed-money").text
            #expect(held.contains("\(sale.id)") && held.contains("\(share.amount)"))
            let stranger = try await desk.market.given.verifiedSeller("Other")
            let theirs = try await desk.program(of: stranger.owner).get("/api/v1/disputed-money")
            #expect(theirs.status == 200 && !theirs.text.contains("\(sale.id)"))

            try await sale.dispute(.lost, version: 20)
            let lost = try await browser.get("/money").text
            #expect(!lost.contains("What disputes hold"))
            let listed = try await browser.get("/money/disputes").text
            #expect(listed.contains("decided for the customer"))
            #expect(listed.contains(Format.money(share)), "what was taken of the shop")
            browser.setCookie("guildhall_language", "de")
            let german = try await browser.get("/money/disputes").text
            #expect(german.contains("Ware nicht erhalten"), "no code of the bank's")
        }
    }

    @Test func `a link of the provider's that is too old opens nothing before the button`()
        async throws
    {
        try await Desk.run { desk in
            let provider = try await desk.market.given.instance(ofPayments: "test-accounts")
            let browser = try await desk.colleague(.finance)
            let place = "/money/accounts/\(provider)"

            for _ in 0..<2 {
                let page = try await browser.get(place + "/link")
                #expect(page.status == 200 && page.text.contains("is too old"))
            }
            let rows = try await desk.market.database.query("select from payout_account")
            #expect(rows.isEmpty, "whoever follows a link has decided nothing")
            let unknown = try await browser.get("/money/accounts/\(ID<ProviderInstance>())/link")
            #expect(unknown.status == 404)

            let page = try await browser.get(place + "/link")
            let gone = try await browser.submitOnce(page, place)
            #expect(gone.header("location")?.contains("/onboarding/") == true)
        }
    }

    @Test func `who is paid at a provider is not asked where else to be paid`() async throws {
        try await Desk.run { desk in
            _ = try await SoldOrder(desk, quantity: 1)
            let browser = try await desk.colleague(.finance)
            try await desk.market.database.execute(
                "update wallet set details = '{}' where id = \(desk.shop.wallet)")
            #expect(try await browser.get("/money").text.contains("nowhere to pay to"))

            let provider = try await desk.market.given.instance(ofPayments: "test-accounts")
            _ = try await desk.kernel.connectPayoutAccount(
                at: provider, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: desk.shop.member)

            #expect(!(try await browser.get("/money").text.contains("nowhere to pay to")))
        }
    }
}

extension SoldOrder {
    /// The customer's bank says so of the whole payment.
    fileprivate func dispute(_ status: DisputeStatus, version: Int64) async throws {
        let paid = try #require(
            try await desk.market.database.query("select reference, amount from payment")
                .decode { c in (try c.next(String.self), try c.next(Int64.self)) }.first)
        let amount = Money(paid.1, .eur)
        try await desk.kernel.applyDispute(
            DisputeSnapshot(
                reference: "du_1", paymentReference: paid.0, status: status, amount: amount,
                withdrawn: amount, fee: .zero(.eur), reason: "product_not_received",
                version: version), at: payment)
    }
}
