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
}
