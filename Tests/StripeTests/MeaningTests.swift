import ProviderKit
import Testing
import Vocabulary

@testable import StripePayments

@Suite struct `What Stripe's no means` {
    private func meaning(
        _ status: Int, _ code: String, type: String = "invalid_request_error", write: Bool = true
    ) -> ProviderError {
        StripeProblem.meaning(
            of: json(problem(code, type: type), status: status), isWrite: write)
    }

    @Test(arguments: [
        "card_declined", "expired_card", "insufficient_funds", "incorrect_cvc", "processing_error",
    ])
    func `a card that is declined is a definite no`(_ code: String) {
        guard case .declined(code, let message, true) = meaning(402, code, type: "card_error")
        else {
            Issue.record("not declined")
            return
        }
        #expect(!message.contains("Because"), "Stripe's own words are not for customers")
    }

    @Test(arguments: ["lost_card", "stolen_card", "fraudulent"])
    func `nobody learns that a card was stolen`(_ reason: String) {
        guard
            case .declined(let code, let message, _) = StripeProblem.decline(
                "card_declined", reason)
        else { return }
        #expect(code == "card_declined" && !message.contains("stolen") && !message.contains("lost"))
    }

    @Test(arguments: [(401, "x"), (403, "x")])
    func `an unknown key is for the administrator`(_ status: Int, _ code: String) {
        guard case .misconfigured = meaning(status, code) else {
            Issue.record("not misconfigured")
            return
        }
    }

    /// Money that was to move is tried again: the permission may come back.
    @Test func `an account that may not be asked about ends a question, and no call`() {
        guard case .misconfigured = meaning(403, "account_invalid") else {
            Issue.record("it ends a call")
            return
        }
        guard
            case .invalidRequest("account_invalid", _) = meaning(
                403, "account_invalid", write: false)
        else {
            Issue.record("it does not end a question")
            return
        }
    }

    @Test(arguments: [
        (429, "rate_limit"), (429, "lock_timeout"), (409, "lock_timeout"),
        (400, "balance_insufficient"),
    ])
    func `what was surely not done may be asked again`(_ status: Int, _ code: String) {
        guard case .unavailable = meaning(status, code) else {
            Issue.record("not unavailable")
            return
        }
    }

    @Test(arguments: [
        (409, "idempotency_key_in_use"), (409, "x"), (424, "x"), (500, "x"), (502, "x"), (503, "x"),
        (504, "x"), (302, "x"),
    ])
    func `what may have been done is ambiguous, and a question never is`(
        _ status: Int, _ code: String
    ) {
        #expect(meaning(status, code).isDefinite == false)
        #expect(meaning(status, code, write: false).isDefinite)
    }

    @Test(arguments: [
        (400, "parameter_unknown"), (400, "payment_intent_unexpected_state"),
        (404, "resource_missing"), (400, "idempotency_error"), (400, "amount_too_large"),
    ])
    func `a wrong call is never repeated`(_ status: Int, _ code: String) {
        guard case .invalidRequest(code, _) = meaning(status, code) else {
            Issue.record("not invalid")
            return
        }
    }

    @Test func `an answer that is not Stripe's is in doubt`() async throws {
        let transport = ScriptedTransport { _ in json("<html>") }
        let provider = try stripe(transport)
        let error = await #expect(throws: ProviderError.self) {
            try await provider.start(start(), context())
        }
        #expect(error?.isDefinite == false)
        await #expect(throws: ProviderError.self) {
            try await provider.lookup(.reference("pi_1"), context())
        }
    }

    /// Stripe keeps a failure of its own under the key for a day.
    @Test func `a stored failure is passed by once it is sure that nothing was done`()
        async throws
    {
        let transport = ScriptedTransport { request in
            if request.method == "GET" { return json(#"{"data":[],"has_more":false}"#) }
            return request.headers["Idempotency-Key"] == "start-k1-3"
                ? json(intent("succeeded", received: 4250))
                : json(
                    problem("x", type: "api_error"), status: 500,
                    headers: ["Idempotent-Replayed": "true"])
        }
        let started = try await stripe(transport).start(start(), context())

        #expect(started.snapshot.status == .captured)
        let posts = transport.requests.filter { $0.method == "POST" }
        #expect(
            posts.compactMap { $0.headers["Idempotency-Key"] }
                == ["start-k1", "start-k1-2", "start-k1-3"])
        #expect(Set(posts.map(\.form)).count == 1)
    }

    @Test func `a stored failure that made something after all is found`() async throws {
        let transport = ScriptedTransport { request in
            if request.method == "GET" {
                return json(
                    #"{"data":[\#(intent("succeeded", received: 4250))],"has_more":false}"#)
            }
            return json(
                problem("x"), status: 500, headers: ["Idempotent-Replayed": "true"])
        }
        let started = try await stripe(transport).start(start(), context())

        #expect(started.snapshot.reference == "pi_1")
        #expect(transport.requests.count { $0.method == "POST" } == 1)
    }

    @Test func `a failure that was not stored is ambiguous at once`() async throws {
        let transport = ScriptedTransport { _ in json(problem("x"), status: 500) }
        let error = await #expect(throws: ProviderError.self) {
            try await stripe(transport).start(start(), context())
        }
        #expect(error?.isDefinite == false)
        #expect(transport.requests.count == 1)
    }
}

@Suite struct `Looking for what a lost call did` {
    @Test func `reads the list from before the call to its end, and only then says no`()
        async throws
    {
        let made = Instant(secondsSince1970: 1_800_000_000)
        let transport = ScriptedTransport { request in
            if request.url.contains("checkout") {
                return json(#"{"data":[],"has_more":false}"#)
            }
            let isFirst = !request.url.contains("starting_after")
            let page = intent(
                "succeeded", received: 4250, key: "other", id: "pi_\(isFirst ? 1 : 2)")
            return json(#"{"data":[\#(page)],"has_more":\#(isFirst)}"#)
        }

        let found = try await stripe(transport).lookup(
            .idempotencyKey("k1"), context("k1", madeAt: made))

        #expect(found == nil)
        let targets = transport.requests.map(\.target)
        #expect(targets.count == 3)
        #expect(targets.allSatisfy { $0.contains("created%5Bgte%5D=1799999400") })
        #expect(targets.last?.contains("starting_after=pi_1") == true)
        #expect(!targets.contains { $0.contains("search") })
    }

    @Test func `finds it by the key that it carries`() async throws {
        let transport = ScriptedTransport { request in
            if request.url.contains("checkout") {
                return json(#"{"data":[],"has_more":false}"#)
            }
            if request.url.contains("/pi_7") {
                return json(intent("requires_capture", id: "pi_7"))
            }
            return json(
                #"{"data":[\#(intent("x", key: "k0")),\#(intent("x", key: "k1", id: "pi_7"))],"#
                    + #""has_more":true}"#)
        }
        let found = try await stripe(transport).lookup(.idempotencyKey("k1"), context())
        #expect(found?.reference == "pi_7" && found?.status == .authorized)
    }

    @Test func `promises nothing when the list does not end or cannot be had`() async throws {
        for answer in [
            json(#"{"data":[\#(intent("x", key: "k0"))],"has_more":true}"#),
            json(problem("rate_limit"), status: 429), json("{}"),
        ] {
            let transport = ScriptedTransport { _ in answer }
            let error = await #expect(throws: ProviderError.self) {
                try await stripe(transport).lookup(.idempotencyKey("k1"), context())
            }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}
