import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

@Suite struct `Signing in with a second step` {
    private let password = "a long sentence of words"

    /// Somebody with it turned on, at an address of their own: guesses are counted across tests.
    private func person(
        _ market: TestMarketplace
    ) async throws -> (account: Account, app: Authenticator, codes: [String]) {
        let kernel = market.marketplace
        let account = try await kernel.register(
            Registration(email: "\(ID<Account>())@example.test", name: "Ada", password: password))
        let secret = try await kernel.beginSecondFactor(of: account, password: password)
        let app = try #require(Authenticator(uri: secret.uri))
        let codes = try await kernel.confirmSecondFactor(
            of: account, code: try await app.code(-1)
        ).codes
        let now = try #require(try await kernel.account(account.id))
        return (now, app, codes)
    }

    private func typePassword(_ browser: Browser, _ account: Account) async throws -> WebAnswer {
        try await browser.submit(
            try await browser.get("/mine"), "/sign-in",
            ["email": account.email, "password": password])
    }

    @Test func `asks for the code, and goes where one wanted to`() async throws {
        try await TestMarketplace.run { market in
            let person = try await person(market)
            let browser = Browser(try TestSite(market).app)

            let step = try await typePassword(browser, person.account)
            #expect(step.text.contains("Code of your authenticator app"))
            #expect(browser.cookie("guildhall_customer") == nil)
            #expect(try await browser.send("GET", "/api/v1/account").status == 401)
            let wrong = try await browser.submit(step, "/sign-in/code", ["code": "000"])
            #expect(wrong.status == 401)
            #expect(wrong.text.contains("This code is not right"))
            let page = try await browser.submit(
                wrong, "/sign-in/code", ["code": try await person.app.code()])

            #expect(page.text.contains("<h1>Ada</h1>"))
        }
    }

    @Test func `opens nothing without the password, and no second time`() async throws {
        try await TestMarketplace.run { market in
            let person = try await person(market)
            let app = try TestSite(market).app
            let browser = Browser(app)
            let step = try await typePassword(browser, person.account)
            let pending = try #require(browser.cookie("guildhall_customer_sign_in"))
            _ = try await browser.submit(
                step, "/sign-in/code", ["code": try await person.app.code()])

            let thief = Browser(app)
            thief.setCookie("guildhall_customer_sign_in", pending)
            #expect(try await thief.get("/sign-in/code").text.contains("name=\"password\""))
            #expect(try await Browser(app).get("/sign-in/code").text.contains("name=\"password\""))
        }
    }

    @Test func `asks programs as well, for sessions and for tokens`() async throws {
        try await TestMarketplace.run { market in
            let person = try await person(market)
            let browser = Browser(try TestSite(market).app)
            func send(_ path: String, _ code: String?) async throws -> WebAnswer {
                var body: [String: JSONValue] = [
                    "email": .string(person.account.email), "password": .string(password),
                ]
                if path.hasSuffix("tokens") { body["name"] = "script" }
                if let code { body["code"] = .string(code) }
                return try await browser.send("POST", path, .object(body))
            }

            for path in ["/api/v1/sessions", "/api/v1/tokens"] {
                let missing = try await send(path, nil)
                #expect(missing.status == 401)
                #expect(missing.text.contains("second-factor.code-needed"))
                #expect(try await send(path, "123").status == 401)
            }
            #expect(try await send("/api/v1/sessions", person.codes[0]).status == 201)
            #expect(try await send("/api/v1/tokens", person.codes[1]).status == 201)
        }
    }

    @Test func `is turned on and off by hand, and not by a stolen cookie`() async throws {
        try await TestMarketplace.run { market in
            let email = "\(ID<Account>())@example.test"
            let account = try await market.marketplace.register(
                Registration(email: email, name: "Ada", password: password))
            let app = try TestSite(market).app
            let (desk, phone) = (Browser(app), Browser(app))
            _ = try await typePassword(desk, account)
            _ = try await typePassword(phone, account)

            let begun = try await desk.submit(
                try await desk.get("/security/two-step"), "/security/two-step",
                ["currentPassword": password])
            #expect(begun.text.contains("<svg"))
            let start = try #require(begun.text.firstRange(of: "otpauth://"))
            let uri = begun.text[start.lowerBound...].prefix { $0 != "\"" }
                .replacing("&amp;", with: "&")
            let phoneApp = try #require(Authenticator(uri: String(uri)))
            let codes = try await desk.submit(
                begun, "/security/two-step/confirmation", ["code": try await phoneApp.code(-1)])
            #expect(codes.text.components(between: "<code>", and: "</code>").count == 10)
            // What was signed in with the password alone is not any more.
            #expect(try await phone.send("GET", "/api/v1/account").status == 401)

            let page = try await desk.get("/security/two-step")
            let refused = try await desk.submit(
                page, "/security/two-step/removal",
                ["currentPassword": "a guess", "code": try await phoneApp.code()])
            #expect(refused.status == 422)
            #expect(try await market.marketplace.secondFactor(of: account.id) != nil)
            _ = try await desk.submit(
                page, "/security/two-step/removal",
                ["currentPassword": password, "code": try await phoneApp.code()])
            #expect(try await market.marketplace.secondFactor(of: account.id) == nil)
        }
    }
}

extension String {
    fileprivate func components(between start: String, and end: String) -> [Substring] {
        var found: [Substring] = []
        var rest = self[...]
        while let opening = rest.firstRange(of: start) {
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: end) else { break }
            found.append(rest[..<closing.lowerBound])
            rest = rest[closing.upperBound...]
        }
        return found
    }
}
