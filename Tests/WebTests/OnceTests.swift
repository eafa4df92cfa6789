import TestSupport
import Testing

@testable import Web

@Suite struct `An Idempotency-Key` {
    @Test func `repeats the first answer byte for byte`() async throws {
        try await TestMarketplace.run { market in
            let site = try TestSite(market)
            let browser = Browser(site.app)
            _ = try await browser.get("/sign-in")
            let key = [("idempotency-key", "k1")]

            let first = try await browser.send(
                "POST", "/api/v1/counts", ["text": "a"], headers: key)
            let again = try await browser.send(
                "POST", "/api/v1/counts", ["text": "a"], headers: key)
            let other = try await browser.send(
                "POST", "/api/v1/counts", ["text": "b"], headers: key)
            let stranger = try await Browser(site.app).send(
                "POST", "/api/v1/counts", ["text": "a"], headers: key)

            #expect(first.status == 201)
            #expect(first.header("idempotent-replayed") == nil)
            #expect(again.status == 201)
            #expect(again.body == first.body)
            #expect(again.header("idempotent-replayed") == "true")
            #expect(other.status == 422)
            #expect(other.json?["field"] == "Idempotency-Key")
            #expect(stranger.json?["text"] == "a 2")
        }
    }

    @Test func `of two at once lets one through`() async throws {
        try await TestMarketplace.run { market in
            let site = try TestSite(market)
            let browser = Browser(site.app)
            _ = try await browser.get("/sign-in")
            let key = [("idempotency-key", "k1")]

            async let one = browser.send("POST", "/api/v1/counts", ["text": "slow"], headers: key)
            async let two = browser.send("POST", "/api/v1/counts", ["text": "slow"], headers: key)
            let statuses = [try await one.status, try await two.status].sorted()

            #expect(statuses == [201, 409])
            #expect(site.counter.count == 1)
        }
    }

    @Test func `of a form that was clicked twice shows both clicks what the first one did`()
        async throws
    {
        try await TestMarketplace.run { market in
            let site = try TestSite(market)
            let browser = Browser(site.app)
            let page = try await browser.get("/sign-in").text
            let known = try #require(HTMLForm.fields(of: "/sign-in", in: page))
            let form =
                known.filter { $0.0 == "formToken" || $0.0 == "idempotencyKey" } + [("text", "a")]

            async let one = browser.post("/slow", form)
            async let two = browser.post("/slow", form)
            let answers = [try await one, try await two]

            #expect(answers.map(\.status) == [200, 200])
            #expect(answers[0].body == answers[1].body)
            #expect(site.counter.count == 1)
        }
    }

    @Test func `of what changed something and broke does not change it again`() async throws {
        try await TestMarketplace.run { market in
            try await market.storage.tamper([
                "create table effect (x int)", "grant all on effect to public",
            ])
            let browser = Browser(try TestSite(market).app)
            _ = try await browser.get("/sign-in")
            func send(_ text: String) async throws -> WebAnswer {
                try await browser.send(
                    "POST", "/api/v1/accidents", ["text": .string(text)],
                    headers: [("idempotency-key", text)])
            }

            #expect(try await send("late").status == 500)
            let repeated = try await send("late")
            let again = try await send("late")

            #expect([repeated.status, again.status] == [409, 409])
            #expect(repeated.json?["type"] == "/problems/idempotency.key-interrupted")
            #expect(repeated.header("idempotent-replayed") == nil)
            // What changed nothing is tried again, and a refusal is an answer like any other.
            #expect(try await send("early").status == 500)
            #expect(try await send("early").status == 500)
            let refused = try await send("refused")
            #expect(try await send("refused").body == refused.body)
            let effects = try await market.database.query("select x from effect")
            #expect(effects.count == 2)
        }
    }

    @Test func `that is nonsense is refused`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)

            for key in [String(repeating: "k", count: 256), "ä", "a b"] {
                let answer = try await browser.send(
                    "POST", "/api/v1/counts", ["text": "a"], headers: [("idempotency-key", key)])
                #expect(answer.status == 422)
            }
        }
    }
}
