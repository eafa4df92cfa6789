import ProviderKit
import Testing
import Vocabulary

@testable import StripePayments

@Suite struct `A payout from a seller's account at Stripe` {
    private static func payout(
        _ id: String, _ status: String, amount: Int64 = 4250, arrival: Int64 = 1_800_000_000,
        more: String = ""
    ) -> String {
        """
        {"id":"\(id)","object":"payout","amount":\(amount),"currency":"eur","status":"\(status)",
         "created":1799900000,"arrival_date":\(arrival),"livemode":false,\(more)
         "metadata":{}}
        """
    }

    private static func webhook(
        _ object: String, account: String?, isLive: Bool = false
    ) -> VerifiedWebhook {
        let of = account.map { #""account":"\#($0)","# } ?? ""
        let body = """
            {"id":"evt_1","object":"event","type":"payout.paid","created":1799900000,
             "livemode":\(isLive),\(of)"data":{"object":\(object)}}
            """
        return VerifiedWebhook(
            eventID: "evt_1", kind: "payout.paid",
            occurredAt: Instant(secondsSince1970: 1_799_900_000), body: Array(body.utf8))
    }

    @Test func `is asked for as it is now, of the account that the event names`() async throws {
        let transport = ScriptedTransport { _ in
            json(
                Self.payout(
                    "po_1", "failed",
                    more: #""failure_code":"no_account","failure_message":"No such account.","#))
        }
        let provider = try stripe(transport)

        let told = try await provider.bankPayouts(
            in: Self.webhook(Self.payout("po_1", "paid"), account: "acct_7"), context())

        let payout = try #require(told.first)
        #expect(payout.status == .failed && payout.account == "acct_7")
        #expect(payout.failureCode == "no_account" && payout.failure == "No such account.")
        #expect(payout.amount == Money(4250, .eur))
        #expect(transport.requests.map(\.target) == ["/v1/payouts/po_1"])
        #expect(transport.requests.first?.headers["Stripe-Account"] == "acct_7")
    }

    @Test func `is none when it is of the platform's own balance, and nobody is asked`()
        async throws
    {
        let transport = ScriptedTransport { _ in json(Self.payout("po_1", "paid")) }
        let provider = try stripe(transport)
        let own = Self.webhook(Self.payout("po_1", "paid"), account: nil)

        #expect(try await provider.bankPayouts(in: own, context()).isEmpty)
        #expect(try await provider.events(in: own, context()).isEmpty)
        #expect(transport.requests.isEmpty)
    }

    @Test func `is none in a delivery about something else`() async throws {
        let other = Self.webhook(#"{"id":"acct_7","object":"account"}"#, account: "acct_7")
        #expect(try await stripe(silent).bankPayouts(in: other, context()).isEmpty)
    }

    @Test func `is none in a delivery of the other mode, and nobody is asked`() async throws {
        let live = Self.webhook(Self.payout("po_1", "paid"), account: "acct_7", isLive: true)
        #expect(try await stripe(silent).bankPayouts(in: live, context()).isEmpty)
    }

    @Test func `has a version that grows along every way that it can take`() throws {
        func version(_ status: String, arrival: Int64 = 1_800_000_000) throws -> Int64 {
            try #require(
                StripeJSON.decode(
                    BankPayoutBody.self,
                    Array(Self.payout("po_1", status, arrival: arrival).utf8))?
                    .snapshot(of: "acct_7")
            ).version
        }
        let way = ["pending", "in_transit", "paid", "failed"]
        let versions = try way.map { try version($0) }
        #expect(versions == versions.sorted() && Set(versions).count == way.count)
        #expect(try version("canceled") > version("pending"))
        #expect(try version("paid", arrival: 1_800_086_400) > version("paid"), "put off a day")
        #expect(try version("failed", arrival: 0) > version("paid", arrival: .max))
    }

    @Test func `may take from the bank what the account owed`() throws {
        let body = try #require(
            StripeJSON.decode(
                BankPayoutBody.self, Array(Self.payout("po_1", "paid", amount: -300).utf8)))
        #expect(body.snapshot(of: "acct_7")?.amount == Money(-300, .eur))
    }

    @Test func `in a state that came after this module is named, and the others are told`()
        async throws
    {
        let rows = [
            Self.payout("po_1", "paid"), Self.payout("po_2", "levitating"),
            Self.payout("po_3", "paid", amount: Int64.max),
        ]
        let list =
            #"{"object":"list","has_more":true,"data":["# + rows.joined(separator: ",") + "]}"
        let transport = ScriptedTransport { request in
            json(request.target.contains("/po_2") ? rows[1] : list)
        }
        let provider = try stripe(transport)

        let page = try await provider.bankPayouts(
            of: "acct_7", since: Instant(secondsSince1970: 1_799_000_000), after: nil, context())

        #expect(page.payouts.map(\.reference) == ["po_1"])
        #expect(page.unreadable == ["po_2", "po_3"] && page.next == "po_3")
        let target = transport.requests.first?.target ?? ""
        #expect(target.hasPrefix("/v1/payouts?") && target.contains("=1799000000"))
        let odd = UnreadableBankPayout(
            account: "acct_7", reference: "po_2", problem: "The payout is levitating.")
        await #expect(throws: odd.error) {
            try await provider.bankPayouts(
                in: Self.webhook(rows[1], account: "acct_7"), context())
        }
    }

    @Test func `of a seller who took the permission back is asked for no more`() async throws {
        let provider = try stripe(
            ScriptedTransport { _ in json(problem("account_invalid"), status: 403) })
        let told = Self.webhook(Self.payout("po_1", "paid"), account: "acct_7")
        #expect(try await provider.bankPayouts(in: told, context()).isEmpty)
        let error = await #expect(throws: ProviderError.self) {
            try await provider.bankPayouts(
                of: "acct_7", since: Instant(secondsSince1970: 1_799_000_000), after: nil,
                context())
        }
        guard case .invalidRequest("account_invalid", _) = error else {
            Issue.record("no fault of the key's: \(String(describing: error))")
            return
        }
        let cut = try await provider.events(
            in: Self.webhook(#"{"id":"acct_7","object":"account"}"#, account: "acct_7"), context())
        guard case .account(let account) = cut.first else {
            Issue.record("\(cut)")
            return
        }
        #expect(!account.isReady && account.restriction != nil)
    }

    /// A key that was rolled at Stripe and not here yet must not look as if all sellers had gone.
    @Test(arguments: [(401, "api_key_expired"), (403, "more_permissions_required")])
    func `is not settled by a key that may not ask: the delivery comes again`(
        status: Int, code: String
    ) async throws {
        let provider = try stripe(
            ScriptedTransport { _ in json(problem(code), status: status) })
        for object in [Self.payout("po_1", "paid"), #"{"id":"acct_7","object":"account"}"#] {
            let told = Self.webhook(object, account: "acct_7")
            let error = await #expect(throws: ProviderError.self) {
                _ = try await provider.bankPayouts(in: told, context())
                _ = try await provider.events(in: told, context())
            }
            guard case .misconfigured = error else {
                Issue.record("\(object): \(String(describing: error))")
                continue
            }
        }
    }
}
