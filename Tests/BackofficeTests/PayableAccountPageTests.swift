import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `The page of a seller's account at a provider` {
    private func account(_ office: Office) async throws -> (path: String, bank: TestBank) {
        let market = office.market
        let instance = try await market.given.instance(ofPayments: "test-accounts")
        let seller = try await market.given.verifiedSeller("Clay and Glaze")
        let id = ID<PayoutAccount>()
        try await market.database.execute(
            """
            insert into payout_account (id, seller_id, instance_id, reference, is_ready)
            values (\(id), \(seller.id), \(instance), \("acct_\(seller.id)"), false)
            """)
        let list = try await office.get("/sellers/\(seller.id)/payouts", as: .finance).text
        #expect(list.contains("/payout-accounts/\(id)") && list.contains(">not ready<"))
        return ("/payout-accounts/\(id)", TestBank.of(instance))
    }

    @Test func `says why nothing can be sent, and has nothing to press then`() async throws {
        try await Office.run { office in
            let (path, bank) = try await account(office)
            bank.hold(Money(500, .eur))
            let full = try await office.get(path).text
            bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            let away = try await office.get(path).text
            bank.beBlind(nil)
            bank.hold(Money(500, .eur), isManual: false)
            let bySchedule = try await office.get(path).text

            #expect(full.contains("class=\"danger\"") && !full.contains("Nothing can be asked for"))
            for (page, why) in [
                (away, "The provider does not answer at the moment."),
                (bySchedule, "This account pays out by itself"),
            ] {
                #expect(page.contains("Nothing can be asked for") && page.contains(why))
                #expect(!page.contains("class=\"danger\""))
            }
        }
    }
}
