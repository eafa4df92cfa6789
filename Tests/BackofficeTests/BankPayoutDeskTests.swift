import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Payouts to sellers' banks at the desk` {
    @Test func `one that a bank did not take waits, with its shop and why, for who may read money`()
        async throws
    {
        try await Office.run { office in
            let market = office.market
            let instance = try await market.given.instance(ofPayments: "test-accounts")
            let seller = try await market.given.verifiedSeller("Clay and Glaze")
            _ = try await market.marketplace.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
            func hear(
                _ reference: String, _ status: BankPayoutStatus, _ amount: Int64 = 1234,
                daysAgo: Int
            ) async throws {
                try await market.marketplace.applyBankPayout(
                    BankPayoutSnapshot(
                        reference: reference, account: "acct_\(seller.id)", status: status,
                        amount: Money(amount, .eur),
                        failureCode: status == .failed ? "no_account" : nil,
                        madeAt: Instant.systemNow.advanced(days: -daysAgo), version: 3),
                    at: instance)
            }
            try await hear("po_good", .paid, daysAgo: 3)
            try await hear("po_bad", .failed, daysAgo: 2)
            for day in 4...8 { try await hear("po_old\(day)", .paid, daysAgo: day) }
            try await hear("po_back", .paid, -1234, daysAgo: 9)

            #expect(try await office.get("/api/v1/waiting").value("bankPayoutsFailed") == "1")
            #expect(try await office.get("/").text.contains("/bank-payouts?state=failed"))
            let failed = try await office.get("/bank-payouts?state=failed", as: .finance).text
            #expect(failed.contains("po_bad") && !failed.contains("po_good"))
            #expect(failed.contains("Clay and Glaze") && failed.contains("no account"))
            let every = try await office.get("/bank-payouts", as: .finance).text
            #expect(every.ranges(of: "taken from the bank").count == 1, "po_back")
            let all = try await office.get("/api/v1/bank-payouts?limit=2", as: .finance)
            #expect(all.value("items.0.reference") == "po_bad")
            #expect(all.value("items.0.status") == "failed")
            #expect(all.value("items.1.reference") == "po_good" && all.value("next") != nil)
            let after = try all.require("next")
            let rest = try await office.get(
                "/api/v1/bank-payouts?seller=\(seller.id)&after=\(after)", as: .finance)
            #expect(rest.value("items.0.reference") == "po_old4")
            let theirs = try await office.get("/sellers/\(seller.id)", as: .finance).text
            #expect(theirs.contains("po_bad") && theirs.contains("/bank-payouts?seller="))
            for role in [AdminRole.support, .catalogue] {
                #expect(try await office.get("/bank-payouts", as: role).status == 403)
                #expect(try await office.get("/api/v1/bank-payouts", as: role).status == 403)
            }

            try await hear("po_again", .paid, daysAgo: 1)
            #expect(try await office.get("/api/v1/waiting").value("bankPayoutsFailed") == "0")
        }
    }

    @Test func `what lies in a seller's account is sent to the bank, with a reason, once`()
        async throws
    {
        try await Office.run { office in
            let market = office.market
            let instance = try await market.given.instance(ofPayments: "test-accounts")
            let bank = TestBank.of(instance)
            bank.hold(Money(5000, .eur))
            let seller = try await market.given.verifiedSeller("Clay and Glaze")
            _ = try await market.marketplace.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
            let payouts = try await office.get("/sellers/\(seller.id)/payouts", as: .finance).text
            let link = try #require(
                payouts.firstMatch(of: #/"(/payout-accounts/[^"]+)"/#)
            ).1
            let path = String(link)

            let page = try await office.get(path, as: .finance).text
            #expect(page.contains("€\u{a0}50.00") && page.contains("when it is asked for"))
            #expect(page.contains("<button class=\"danger\">"))
            let silent = try await office.post(
                "/api/v1\(path)/bank-payouts", #"{"amount": {"amount": 1, "currency": "EUR"}}"#)
            #expect(silent.status == 422)
            let sent = try await office.submit(
                [
                    ("amount.amount@amount.currency", "50.00"), ("amount.currency", "EUR"),
                    ("reason", "She asked for it."),
                ], to: path + "/bank-payouts", on: path)
            #expect(sent.status == 303, "\(sent.text)")
            let twice = try await office.post(
                "/api/v1\(path)/bank-payouts",
                #"{"amount": {"amount": 1, "currency": "EUR"}, "reason": "Again."}"#)
            #expect(twice.status == 409)
            try await market.worker().drain()

            #expect(bank.orderedBankPayouts.map(\.amount) == [Money(5000, .eur)])
            let answer = try await office.get("/api/v1\(path)", as: .finance)
            #expect(answer.value("orders.0.state") == "done")
            #expect(answer.value("orders.0.reason") == "She asked for it.")
            bank.hold(Money(5000, .eur), isManual: false)
            let bySchedule = try await office.get(path, as: .finance).text
            #expect(bySchedule.contains("by itself") && !bySchedule.contains("class=\"danger\""))
            for role in [AdminRole.support, .catalogue] {
                #expect(try await office.get(path, as: role).status == 403)
            }
        }
    }

    @Test func `what cannot be read waits for somebody, page by page`() async throws {
        try await Office.run { office in
            let market = office.market
            let instance = try await market.given.instance(ofPayments: "test-accounts")
            let seller = try await market.given.verifiedSeller("Clay and Glaze")
            _ = try await market.marketplace.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
            TestBank.of(instance).makeOdd(["po_odd_1", "po_odd_2", "po_odd_3"])
            try await market.marketplace.sweepBankPayouts()

            #expect(try await office.get("/api/v1/waiting").value("bankPayoutsUnread") == "3")
            #expect(try await office.get("/").text.contains("/bank-payouts/unreadable"))
            let page = try await office.get("/bank-payouts/unreadable", as: .finance).text
            #expect(page.contains("po_odd_2") && page.contains("Clay and Glaze"))
            let first = try await office.get(
                "/api/v1/bank-payouts/unreadable?limit=2", as: .finance)
            let after = try first.require("next")
            let rest = try await office.get(
                "/api/v1/bank-payouts/unreadable?after=\(after)", as: .finance)
            #expect(
                first.value("items.1.reference") != nil && rest.value("items.1.reference") == nil)
            #expect(rest.value("items.0.sellerName") == "Clay and Glaze")
            #expect(try await office.get("/bank-payouts/unreadable", as: .support).status == 403)
        }
    }

    @Test func `one that takes another back says so, and so does the other`() async throws {
        try await Office.run { office in
            let market = office.market
            let instance = try await market.given.instance(ofPayments: "test-accounts")
            let seller = try await market.given.verifiedSeller("Clay and Glaze")
            _ = try await market.marketplace.connectPayoutAccount(
                at: instance, returnURL: "http://127.0.0.1/return",
                refreshURL: "http://127.0.0.1/link", as: seller.member)
            func payout(_ reference: String, _ amount: Int64, daysAgo: Int) -> BankPayoutSnapshot {
                BankPayoutSnapshot(
                    reference: reference, account: "acct_\(seller.id)", status: .paid,
                    amount: Money(amount, .eur),
                    madeAt: Instant.systemNow.advanced(days: -daysAgo), version: 3)
            }
            let bank = TestBank.of(instance)
            bank.keep(payout("po_first", 1234, daysAgo: 2))
            bank.keep(payout("po_back", -1234, daysAgo: 1), takingBack: "po_first")
            try await market.marketplace.sweepBankPayouts()

            let page = try await office.get("/bank-payouts", as: .finance).text
            #expect(page.contains("takes back po_first") && page.contains("taken back by po_back"))
            let api = try await office.get("/api/v1/bank-payouts", as: .finance)
            #expect(api.value("items.0.reverses") == "po_first")
            #expect(api.value("items.1.reversedBy") == "po_back")
        }
    }
}
