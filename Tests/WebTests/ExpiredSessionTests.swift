import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

@Suite struct `A session that is over` {
    private let password = "a long sentence of words"

    /// How it came to its end.
    enum End: CaseIterable, Sendable {
        /// Nobody used it for half a day, and Redis has forgotten it; or Redis has lost everything.
        case forgotten
        /// It is older than any session may become, however busy it was.
        case tooOld
    }

    private func key(_ browser: Browser) throws -> String {
        "session:customer:" + Secrets.hash(try #require(browser.cookie("guildhall_customer")))
    }

    private func end(_ browser: Browser, _ end: End) async throws {
        let key = try key(browser)
        switch end {
        case .forgotten: _ = try await TestWeb.redis.send("DEL", [.string(key)])
        case .tooOld:
            let text = try #require(try await TestWeb.redis.send("GET", [.string(key)]).text)
            var parts = text.split(separator: " ", omittingEmptySubsequences: false).map(
                String.init)
            parts[1] = Instant.systemNow.advanced(by: .seconds(-1)).description
            _ = try await TestWeb.redis.send(
                "SET", [.string(key), .string(parts.joined(separator: " ")), "KEEPTTL"])
        }
    }

    @Test(arguments: End.allCases)
    func `opens nothing and changes nothing, and leads back to where one was`(
        _ way: End
    ) async throws {
        try await TestMarketplace.run { market in
            let email = "\(ID<Account>())@example.test"
            let account = try await market.marketplace.register(
                Registration(email: email, name: "Ada", password: password))
            let browser = Browser(try TestSite(market).app)
            _ = try await browser.submit(
                try await browser.get("/sign-in"), "/sign-in",
                ["email": email, "password": password])
            let form = try await browser.get("/password")
            #expect(try await browser.send("GET", "/api/v1/account").status == 200)

            try await end(browser, way)

            let program = try await browser.send("GET", "/api/v1/account")
            #expect(program.status == 401)
            #expect(program.header("content-type") == "application/problem+json")
            #expect(program.json?["type"] == "/problems/web.sign-in-needed")
            let page = try await browser.raw("GET", "/mine")
            #expect(page.status == 303)
            #expect(page.header("location") == "/sign-in?then=%2Fmine")
            let sent = try await browser.submitOnce(
                form, "/password", ["current": password, "password": "another long sentence"])
            #expect(sent.status == 401, "\(sent.status)")
            #expect(sent.text.contains("<h1"))
            #expect(try await browser.raw("GET", "/hello").status == 200)
            // The password is the one from before.
            #expect(
                try await market.marketplace.signIn(email: email, password: password).id
                    == account.id)
        }
    }

    @Test func `is not one that somebody uses`() async throws {
        try await TestMarketplace.run { market in
            let email = "\(ID<Account>())@example.test"
            _ = try await market.marketplace.register(
                Registration(email: email, name: "Ada", password: password))
            let browser = Browser(try TestSite(market).app)
            _ = try await browser.send(
                "POST", "/api/v1/sessions",
                ["email": .string(email), "password": .string(password)])
            let key = try key(browser)
            _ = try await TestWeb.redis.send("EXPIRE", [.string(key), .int(600)])

            _ = try await browser.send("GET", "/api/v1/account")

            let left = try await TestWeb.redis.send("TTL", [.string(key)]).int ?? 0
            #expect((11 * 3600...12 * 3600).contains(left), "\(left) seconds")
        }
    }
}
