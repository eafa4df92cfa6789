import ProviderKit
import Testing
import Vocabulary

@testable import StripePayments

@Suite struct `What Stripe reads` {
    /// Made with the encoder of the vendor's Python library.
    @Test func `is in the vendor's form, byte for byte`() {
        var form = StripeForm()
        form.set("amount", 1099)
        form.set("currency", "usd")
        form.set("confirm", true)
        form.set("customer", String?.none)
        form.set("metadata[order id]", "42&x")
        form.set("metadata[uni]", "é")
        form.set("expand[0]", "latest_charge")
        form.set("shipping[name]", "A B")
        form.set("shipping[address][line1]", "1 Main+St")

        #expect(
            form.body
                == "amount=1099&currency=usd&confirm=true&metadata[order+id]=42%26x"
                + "&metadata[uni]=%C3%A9&expand[0]=latest_charge&shipping[name]=A+B"
                + "&shipping[address][line1]=1+Main%2BSt")
        #expect(form.query.contains("&expand%5B0%5D=latest_charge&"))
    }

    @Test(
        arguments: [
            (Money(4250, .eur), Int64(4250)), (Money(1200, .jpy), 1200),
            (Money(12_340, .kwd), 12_340),
            (Money(99, Currency("ISK")!), 9900),
        ] as [(Money, Int64)])
    func `is the amount as Stripe counts it`(_ money: Money, _ units: Int64) throws {
        #expect(try StripeAmount.units(money) == units)
        #expect(StripeAmount.money(units, money.currency.code.lowercased()) == money)
    }

    @Test(arguments: [
        Money(12_345, .kwd), Money(100_000_000, .eur), Money(0, .eur), Money(-1, .eur),
        Money(1_000_000, Currency("ISK")!), Money(1, Currency("USDC")!),
        Money(.max, Currency("ISK")!),
    ])
    func `is never an amount that it would change or refuse`(_ money: Money) async throws {
        #expect(throws: ProviderError.self) { try StripeAmount.units(money) }
        #expect(try await stripe(silent).methods(for: money, context()).isEmpty)
    }

    @Test func `half a krona does not exist`() {
        #expect(StripeAmount.money(9950, "isk") == nil)
        #expect(StripeAmount.money(100, "xxx") == nil)
    }

    @Test func `carries the pinned version, the key of the call and nothing of ours`()
        async throws
    {
        let transport = ScriptedTransport { _ in json(intent("succeeded", received: 4250)) }
        let started = try await stripe(transport).start(start(), context("abc"))

        let request = try #require(transport.requests.first)
        #expect(request.headers["Stripe-Version"] == "2026-06-24.dahlia")
        #expect(request.headers["Authorization"] == "Bearer sk_test_1")
        #expect(request.headers["Idempotency-Key"] == "start-abc")
        #expect(request.target == "/v1/payment_intents")
        #expect(request.form.hasPrefix("amount=4250&currency=eur&capture_method=automatic"))
        #expect(request.form.contains("&transfer_group=guildhall_p1&"))
        #expect(started.snapshot.captured == Money(4250, .eur))
        #expect(started.snapshot.paymentID == "p1")
    }

    @Test func `has a key of at most 255 bytes, whatever ours is`() async throws {
        let transport = ScriptedTransport { _ in json(intent("succeeded", received: 4250)) }
        let (long, longer) = (
            String(repeating: "k", count: 400), String(repeating: "k", count: 401)
        )
        for key in [long, longer, long] {
            _ = try await stripe(transport).start(start(), context(key))
        }

        let keys = transport.requests.compactMap { $0.headers["Idempotency-Key"] }
        #expect(keys.allSatisfy { $0.utf8.count <= 255 })
        #expect(keys[0] == keys[2] && keys[0] != keys[1])
    }

    @Test(arguments: [
        "pi_1/../../v1/payouts", "pi_1?expand", "", "pi 1", String(repeating: "x", count: 256),
    ])
    func `is never a path that a reference leads to`(_ reference: String) async throws {
        let provider = try stripe(silent)
        let error = await #expect(throws: ProviderError.self) {
            try await provider.lookup(.reference(reference), context())
        }
        guard case .invalidRequest("reference", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}

@Suite struct `A key of Stripe's` {
    @Test(arguments: [
        (InstanceMode.live, "sk_test_1", "https://api.stripe.com"),
        (.live, "sk_live_1", "http://api.stripe.com"),
        (.live, "sk_live_1", "https://api.stripe.com.example.com"),
        (.live, "sk_live_1", "https://api.stripe.com:8443"),
        (.live, "rk_live_1", "http://127.0.0.1:1"),
        (.sandbox, "sk_live_1", "https://api.stripe.com"),
        (.sandbox, "sk_live_1", "http://127.0.0.1:1"),
        (.sandbox, "pk_test_1", "http://127.0.0.1:1"),
        (.sandbox, "sk_test_1", "nowhere"),
    ])
    func `never leaves its world`(_ mode: InstanceMode, _ key: String, _ url: String) {
        let error = #expect(throws: ProviderError.self) {
            try stripe(
                silent, values: ["url": url, "testCards": ""], secrets: ["apiKey": key],
                mode: mode)
        }
        guard case .misconfigured(let message) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!message.contains("_1"), "the key is in the message")
    }

    @Test(arguments: [
        (InstanceMode.live, "sk_live_1", "https://api.stripe.com"),
        (.live, "rk_live_1", ""), (.sandbox, "sk_test_1", ""),
        (.sandbox, "sk_test_1", "https://api.stripe.com"),
        (.sandbox, "rk_test_1", "http://127.0.0.1:1"),
    ])
    func `works in its own world`(_ mode: InstanceMode, _ key: String, _ url: String) throws {
        _ = try stripe(
            silent, values: ["url": url, "testCards": ""], secrets: ["apiKey": key], mode: mode)
    }

    @Test func `offers no test cards for real money`() {
        #expect(throws: ProviderError.self) {
            try stripe(
                silent, values: ["url": ""], secrets: ["apiKey": "sk_live_1"], mode: .live)
        }
    }

    @Test func `does not believe an answer of the other world`() async throws {
        let transport = ScriptedTransport { _ in
            json(#"{"id":"pi_1","amount":1,"currency":"eur","status":"succeeded","livemode":true}"#)
        }
        let error = await #expect(throws: ProviderError.self) {
            try await stripe(transport).start(start(), context())
        }
        #expect(error?.isDefinite == false)
    }
}
