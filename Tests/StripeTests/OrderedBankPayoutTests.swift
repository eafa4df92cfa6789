import ProviderKit
import Testing
import Vocabulary

@testable import StripePayments

@Suite struct `A payout that is asked for at Stripe` {
    private static func payout(_ more: String = "") -> String {
        """
        {"id":"po_1","object":"payout","amount":4250,"currency":"eur","status":"pending",
         "created":1799900000,"arrival_date":1800000000,"livemode":false,\(more)
         "metadata":{"guildhall_key":"k1"}}
        """
    }

    private let request = BankPayoutRequest(
        orderID: "o1", account: "acct_7", amount: Money(4250, .eur))

    @Test func `is made in the account's name, under one key, with the order's mark`()
        async throws
    {
        let transport = ScriptedTransport { _ in json(Self.payout()) }
        let made = try await stripe(transport).payOut(request, context())

        #expect(made.reference == "po_1" && made.amount == Money(4250, .eur))
        #expect(made.status == .pending && made.account == "acct_7")
        let sent = try #require(transport.requests.first)
        #expect(transport.requests.count == 1 && sent.method == "POST")
        #expect(sent.target == "/v1/payouts" && sent.headers["Stripe-Account"] == "acct_7")
        #expect(sent.headers["Idempotency-Key"] == "bank-k1")
        #expect(
            sent.form
                == "amount=4250&currency=eur&metadata[guildhall_payout]=o1"
                + "&metadata[guildhall_key]=k1"
        )
    }

    /// It is kept under the key for a day, and a person asks anew; "later" would ask for ever.
    @Test func `is declined when the account holds less, and not put off`() async throws {
        let transport = ScriptedTransport { _ in json(problem("balance_insufficient"), status: 400)
        }
        let error = await #expect(throws: ProviderError.self) {
            try await stripe(transport).payOut(request, context())
        }
        guard case .declined("balance_insufficient", "Because.", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// Stripe keeps the answer to a key for a day, its own failures too: asking on changes nothing.
    @Test func `is looked for where Stripe repeats a failure of its own`() async throws {
        let transport = ScriptedTransport { request in
            guard request.method == "POST" else {
                return json(
                    #"{"object":"list","has_more":false,"data":["# + Self.payout() + "]}")
            }
            return json(
                problem("api_error"), status: 500, headers: ["Idempotent-Replayed": "true"])
        }

        let made = try await stripe(transport).payOut(request, context())

        #expect(made.reference == "po_1")
        #expect(transport.requests.count { $0.method == "POST" } == 1)
    }

    @Test func `is found by its key in the account's own list`() async throws {
        let transport = ScriptedTransport { request in
            json(
                request.target.contains("starting_after")
                    ? #"{"object":"list","has_more":false,"data":[]}"#
                    : #"{"object":"list","has_more":true,"data":["# + Self.payout() + "]}")
        }
        let provider = try stripe(transport)
        let found = try await provider.lookupBankPayout(
            .idempotencyKey("k1"), of: "acct_7", context())
        #expect(found?.reference == "po_1")
        let none = try await provider.lookupBankPayout(
            .idempotencyKey("k2"), of: "acct_7", context())
        #expect(none == nil, "read to the end")
        #expect(transport.requests.allSatisfy { $0.headers["Stripe-Account"] == "acct_7" })
    }

    /// A state that came after this module was written. "None" would have it made once more.
    @Test func `in a state that nobody knows is in doubt, and never none`() async throws {
        let novel = Self.payout().replacing("\"pending\"", with: "\"levitating\"")
        let made = await #expect(throws: ProviderError.self) {
            try await stripe(ScriptedTransport { _ in json(novel) }).payOut(request, context())
        }
        guard case .ambiguous = made else {
            Issue.record("\(String(describing: made))")
            return
        }

        let list = #"{"object":"list","has_more":false,"data":["# + novel + "]}"
        let found = await #expect(throws: ProviderError.self) {
            try await stripe(ScriptedTransport { _ in json(list) })
                .lookupBankPayout(.idempotencyKey("k1"), of: "acct_7", context())
        }
        guard case .unavailable = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test(arguments: [("manual", true), ("daily", false)])
    func `is of an account that pays out by itself, or does not`(
        interval: String, isManual: Bool
    ) async throws {
        let account =
            #"{"id":"acct_7","object":"account","settings":{"payouts":{"schedule":"#
            + #"{"interval":"\#(interval)"}}}}"#
        let balance =
            #"{"object":"balance","livemode":false,"available":["#
            + #"{"amount":4250,"currency":"eur"},{"amount":0,"currency":"usd"},"#
            + #"{"amount":-5,"currency":"gbp"}]}"#
        let transport = ScriptedTransport { request in
            json(request.target.hasPrefix("/v1/balance") ? balance : account)
        }

        let funds = try await stripe(transport).funds(of: "acct_7", context())

        #expect(funds.isManual == isManual && funds.available == [Money(4250, .eur)])
        let asked = transport.requests.first { $0.target.hasPrefix("/v1/balance") }
        #expect(asked?.headers["Stripe-Account"] == "acct_7")
    }

    @Test func `names the one that it takes back`() async throws {
        func original(_ more: String) async throws -> String? {
            try await stripe(ScriptedTransport { _ in json(Self.payout(more)) })
                .original(of: "po_2", in: "acct_7", context())
        }
        #expect(try await original(#""original_payout":"po_1","#) == "po_1")
        #expect(
            try await original(#""original_payout":{"id":"po_1","object":"payout"},"#) == "po_1")
        #expect(try await original(#""original_payout":null,"#) == nil)
    }

    @Test(arguments: [("manual", true), ("automatic", false), ("", false)])
    func `is what new accounts wait for when the settings say so`(
        setting: String, isManual: Bool
    ) async throws {
        let transport = ScriptedTransport { _ in
            json(#"{"id":"acct_7","object":"account","metadata":{}}"#)
        }
        _ = try await stripe(transport, values: ["payouts": setting]).openAccount(
            ConnectedAccountRequest(sellerID: "s1", country: "DE", name: "Clay"), context())
        let form = transport.requests.first?.form ?? ""
        #expect(form.contains("settings[payouts][schedule][interval]=manual") == isManual)
    }
}
