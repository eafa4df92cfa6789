import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Being paid now` {
    /// What the shop can ask for, of an order whose hold is over.
    private func available(_ desk: Desk) async throws -> Money {
        let sale = try await SoldOrder(desk, quantity: 1)
        let customer = try #require(
            try await desk.market.database.query("select account_id from purchase")
                .decode { c in try c.next(ID<Account>.self) }.first)
        try await desk.kernel.confirmDelivery(sale.id, as: Buyer(account: customer))
        try await desk.kernel.moveClock(by: .seconds(8 * 86_400), as: nil)
        while try await desk.kernel.releaseHolds() > 0 {}
        return try #require(try await desk.kernel.balances(of: desk.shop.id).first).available
    }

    @Test func `shows what it comes to and where it goes, and then does it`() async throws {
        try await Desk.run { desk in
            let amount = try await available(desk)
            let browser = try await desk.colleague(.finance)
            let place = "/money/wallets/\(desk.shop.wallet)/payout/EUR"

            #expect(try await browser.get("/money").text.contains("href=\"\(place)\""))
            let page = try await browser.get(place)
            let tab = try await browser.get(place)
            #expect(page.text.contains("Pay me \(Format.money(amount)) now"))
            #expect(page.text.contains("for 1 order, to DE89 •••• 3000"))
            #expect(
                try await desk.kernel.payouts(as: desk.shop.member, PageRequest()).items.isEmpty)
            let form = "/money/wallets/\(desk.shop.wallet)/payouts"
            let done = try await browser.submit(page, form, [:])

            #expect(done.text.contains("Your payout is being prepared."))
            #expect(done.text.contains(Format.money(amount)))
            #expect(done.text.contains("being prepared</span>"))
            // A page that lay open in another tab.
            let late = try await browser.submit(tab, form, [:])
            #expect(late.status == 409)
            #expect(late.text.contains("A payout of this wallet is on its way already."))
            #expect(!late.text.contains("Pay me"))
            #expect(
                try await desk.kernel.payouts(as: desk.shop.member, PageRequest()).items.count == 1)
        }
    }

    @Test func `shows of a paid one what was taken back of it since, and why one failed`()
        async throws
    {
        try await Desk.run { desk in
            _ = try await available(desk)
            let payout = try #require(try await desk.kernel.runPayouts().payouts.first)
            let browser = try await desk.colleague(.finance)
            func told(_ status: TransferStatus, _ version: Int64, _ code: String?) async throws
                -> String
            {
                _ = try await desk.kernel.settlePayout(
                    payout.id,
                    PayoutSnapshot(
                        reference: "tr_1", status: status, amount: payout.amount,
                        version: version, failureCode: code))
                return try await browser.get("/money/payouts/\(payout.id)").text
            }

            let paid = try await told(.succeeded, 1, nil)
            #expect(!paid.contains("Since then") && !paid.contains("Why it failed"))
            let part = try await told(.succeeded, 501, "reversed_in_part")
            #expect(part.contains("Since then") && !part.contains("Why it failed"))
            #expect(part.contains("A part of it was taken back at the provider."))
            let back = try await told(.failed, 901, "reversed")
            #expect(!back.contains("Since then") && back.contains("Why it failed"))
        }
    }

    @Test func `shows the new amount where another one is available by then`() async throws {
        try await Desk.run { desk in
            let amount = try await available(desk)
            let browser = try await desk.colleague(.owner)
            let page = try await browser.get("/money/wallets/\(desk.shop.wallet)/payout/EUR")

            let refused = try await browser.submit(
                page, "/money/wallets/\(desk.shop.wallet)/payouts",
                ["amount": String(amount.amount - 100)])

            #expect(refused.status == 409)
            #expect(refused.text.contains("Meanwhile another amount is available."))
            #expect(refused.text.contains("Pay me \(Format.money(amount)) now"))
        }
    }

    @Test func `says in a sentence why not, and when it comes by itself`() async throws {
        try await Desk.run { desk in
            _ = try await available(desk)
            let browser = try await desk.colleague(.finance)
            let place = "/money/wallets/\(desk.shop.wallet)/payout/EUR"
            try await desk.kernel.setPayoutSchedule(
                of: desk.shop.wallet, .eur, every: .weekly, day: 1, minimum: 900_000,
                as: desk.shop.member)

            let page = try await browser.get(place).text

            #expect(page.contains("less than the smallest payout that you have set"))
            #expect(page.contains("goes out on") && !page.contains("Pay me"))
            browser.setCookie("guildhall_language", "de")
            #expect(try await browser.get(place).text.contains("kleinste Auszahlung"))
            let clerk = try await desk.colleague(.orders)
            #expect(try await clerk.raw("GET", place).status == 403)
            let stranger = try await desk.market.given.verifiedSeller("Other")
            #expect(
                try await browser.raw("GET", "/money/wallets/\(stranger.wallet)/payout/EUR").status
                    == 404)
        }
    }

    @Test func `is asked for by programs, who look first`() async throws {
        try await Desk.run { desk in
            let amount = try await available(desk)
            let program = try await desk.program()
            let wallet = "/api/v1/wallets/\(desk.shop.wallet)"

            let offer = try await program.get("\(wallet)/payout-offers/EUR")
            #expect(offer.json?["amount"]?["amount"] == .integer(amount.amount))
            #expect(offer.json?["refusal"] == nil || offer.json?["refusal"] == .null)
            let body: JSONValue = [
                "amount": ["amount": .integer(amount.amount), "currency": "EUR"]
            ]
            let made = try await program.send("POST", "\(wallet)/payouts", body)
            #expect(made.status == 201)
            #expect(made.json?["items"]?.items.first?["state"]?.string == "held")
            let again = try await program.send("POST", "\(wallet)/payouts", body)
            #expect(again.status == 409)
            #expect(again.json?["type"]?.string == "/problems/own-payout.under-way")
            let stranger = try await desk.market.given.verifiedSeller("Other")
            let theirs = try await program.send(
                "POST", "/api/v1/wallets/\(stranger.wallet)/payouts", body)
            #expect(theirs.status == 404)
        }
    }
}
