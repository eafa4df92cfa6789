import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

@Suite struct `Where somebody is signed in` {
    private let password = "a long sentence of words"

    private func person(_ market: TestMarketplace) async throws -> Account {
        try await market.marketplace.register(
            Registration(email: "\(ID<Account>())@example.test", name: "Ada", password: password))
    }

    private func signIn(_ app: WebApp, _ account: Account, _ agent: String) async throws -> Browser
    {
        let browser = Browser(app)
        let answer = try await browser.send(
            "POST", "/api/v1/sessions",
            ["email": .string(account.email), "password": .string(password)],
            headers: [("user-agent", agent)])
        #expect(answer.status == 201)
        return browser
    }

    private func isIn(_ browser: Browser) async throws -> Bool {
        try await browser.send("GET", "/api/v1/account").status == 200
    }

    @Test func `is shown, and ended one by one or all others`() async throws {
        try await TestMarketplace.run { market in
            let ada = try await person(market)
            let app = try TestSite(market).app
            let desk = try await signIn(app, ada, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
            let phone = try await signIn(app, ada, "Mozilla/5.0 (iPhone; CPU) Safari/604.1")
            let other = try await signIn(app, ada, "")

            let page = try await desk.get("/security")
            #expect(page.text.contains("Firefox on Linux"))
            #expect(page.text.contains("Safari on an iPhone"))
            #expect(page.text.components("this one") == 1)
            let listed = try await desk.send("GET", "/api/v1/sessions").text
            let id = try #require(
                Self.ids(in: listed).first { $0.device.contains("iPhone") })

            #expect(
                try await desk.send("DELETE", "/api/v1/sessions/\(id.id)").status == 204)
            #expect(try await !isIn(phone))
            #expect(try await isIn(other))
            _ = try await desk.submit(
                try await desk.get("/security"), "/security/other-sessions/end")
            #expect(try await !isIn(other))
            #expect(try await isIn(desk))
        }
    }

    @Test func `is nobody else's to end`() async throws {
        try await TestMarketplace.run { market in
            let (ada, eve) = (try await person(market), try await person(market))
            let app = try TestSite(market).app
            let (hers, evil) = (
                try await signIn(app, ada, "curl/8"), try await signIn(app, eve, "curl/8")
            )
            let listed = try await hers.send("GET", "/api/v1/sessions").text
            let id = try #require(Self.ids(in: listed).first?.id)

            #expect(try await evil.send("DELETE", "/api/v1/sessions/\(id)").status == 404)
            #expect(
                try await !evil.send("GET", "/api/v1/sessions").text.contains(id))
            _ = try await evil.send("DELETE", "/api/v1/sessions/others")
            #expect(try await isIn(hers))
        }
    }

    private static func ids(in text: String) -> [(id: String, device: String)] {
        text.split(separator: "{").compactMap { item in
            func value(_ name: String) -> String? {
                item.firstRange(of: "\"\(name)\":\"").map {
                    String(item[$0.upperBound...].prefix { $0 != "\"" })
                }
            }
            guard let id = value("id"), let device = value("device") else { return nil }
            return (id, device)
        }
    }
}

extension String {
    fileprivate func components(_ part: String) -> Int { split(separator: part).count - 1 }
}
