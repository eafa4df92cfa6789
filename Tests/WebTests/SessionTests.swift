import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

@Suite struct `Signing in` {
    private let password = "a long sentence of words"
    // Attempts are limited by address in the one Redis of all tests.
    private let email = "ada-\(ID<Account>())@example.test"

    private func person(_ market: TestMarketplace) async throws -> Account {
        try await market.marketplace.register(
            Registration(email: email, name: "Ada", password: password))
    }

    private func signIn(_ browser: Browser, _ password: String? = nil) async throws -> WebAnswer {
        try await browser.submit(
            try await browser.get("/sign-in"), "/sign-in",
            ["email": email, "password": password ?? self.password])
    }

    @Test func `opens what needs it, and goes where one wanted to`() async throws {
        try await TestMarketplace.run { market in
            _ = try await person(market)
            let browser = Browser(try TestSite(market).app)

            let form = try await browser.get("/mine")
            let page = try await browser.submit(
                form, "/sign-in", ["email": "A" + email.dropFirst(), "password": password])

            #expect(form.text.contains("Sign in"))
            #expect(page.status == 200)
            #expect(page.text.contains("<h1>Ada</h1>"))
        }
    }

    @Test func `with a wrong password says so and keeps the address`() async throws {
        try await TestMarketplace.run { market in
            _ = try await person(market)
            let browser = Browser(try TestSite(market).app)

            let page = try await signIn(browser, "not the password")

            #expect(page.status == 401)
            #expect(page.text.contains("do not fit together"))
            #expect(page.text.contains(email))
            #expect(browser.cookie("guildhall_customer") == nil)
        }
    }

    @Test func `gives a new token each time, and the old one dies`() async throws {
        try await TestMarketplace.run { market in
            _ = try await person(market)
            let app = try TestSite(market).app
            let browser = Browser(app)
            _ = try await signIn(browser)
            let first = try #require(browser.cookie("guildhall_customer"))

            _ = try await browser.send(
                "POST", "/api/v1/sessions",
                ["email": .string(email), "password": .string(password)])
            let second = try #require(browser.cookie("guildhall_customer"))
            let thief = Browser(app)
            thief.setCookie("guildhall_customer", first)

            #expect(first != second)
            #expect(try await thief.send("GET", "/api/v1/account").status == 401)
            #expect(try await browser.send("GET", "/api/v1/account").status == 200)
        }
    }

    @Test func `ends with signing out, here or everywhere`() async throws {
        try await TestMarketplace.run { market in
            _ = try await person(market)
            let app = try TestSite(market).app
            let (desk, phone) = (Browser(app), Browser(app))
            _ = try await signIn(desk)
            _ = try await signIn(phone)
            let token = try #require(phone.cookie("guildhall_customer"))

            let out = try await desk.send("DELETE", "/api/v1/sessions")
            phone.setCookie("guildhall_customer", token)

            #expect(out.status == 204)
            #expect(try await phone.send("GET", "/api/v1/account").status == 401)
        }
    }

    @Test func `is limited per account, and says when to come again`() async throws {
        try await TestMarketplace.run { market in
            var settings = TestWeb.settings
            settings.limits.password = .init(3, per: 60)
            let app = try TestSite(market, settings: settings).app
            let email = "\(ID<Account>())@example.test"
            let guess: JSONValue = ["email": .string(email), "password": "guess"]

            var statuses: [Int] = []
            var last: WebAnswer?
            for _ in 0..<4 {
                last = try await Browser(app).send("POST", "/api/v1/sessions", guess)
                statuses.append(last?.status ?? 0)
            }

            #expect(statuses == [401, 401, 401, 429])
            #expect(Int(last?.header("retry-after") ?? "") ?? 0 > 0)
        }
    }

    @Test func `counts guesses at one account however its address is written`() async throws {
        try await TestMarketplace.run { market in
            var settings = TestWeb.settings
            settings.limits.password = .init(3, per: 60)
            let app = try TestSite(market, settings: settings).app
            let email = "\(ID<Account>())@example.test"

            var statuses: [Int] = []
            for spelling in [email, " " + email, email.uppercased() + "  ", "\t" + email] {
                let guess: JSONValue = ["email": .string(spelling), "password": "guess"]
                statuses.append(
                    try await Browser(app).send("POST", "/api/v1/sessions", guess).status)
            }

            #expect(statuses == [401, 401, 401, 429])
        }
    }

    @Test func `is limited per address, however many accounts are tried from it`() async throws {
        try await TestMarketplace.run { market in
            var settings = TestWeb.settings
            settings.limits.signIn = .init(3, per: 600)
            let app = try TestSite(market, settings: settings).app
            let (here, elsewhere) = (Browser(app), Browser(app))
            func guess(_ browser: Browser) async throws -> WebAnswer {
                try await browser.send(
                    "POST", "/api/v1/sessions",
                    ["email": .string("\(ID<Account>())@example.test"), "password": "guess"])
            }

            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await guess(here).status) }
            let refused = try await guess(here)
            let form = try await here.submit(
                try await here.get("/sign-in"), "/sign-in",
                ["email": "\(ID<Account>())@example.test", "password": "guess"])

            #expect(statuses == [401, 401, 401])
            #expect(refused.status == 429)
            #expect((1...600).contains(Int(refused.header("retry-after") ?? "") ?? 0))
            #expect(form.status == 429, "the form and the API count together")
            #expect(try await guess(elsewhere).status == 401)
        }
    }

    @Test func `limits what an account changes, from the machine itself too`() async throws {
        try await TestMarketplace.run { market in
            // An address of its own: guesses at one address are counted across tests.
            let email = "\(ID<Account>())@example.test"
            _ = try await market.marketplace.register(
                Registration(email: email, name: "Ada", password: password))
            var settings = TestWeb.settings
            settings.limits.accountWrite = .init(3, per: 60)
            let app = try TestSite(market, settings: settings).app
            let (desk, phone, stranger) = (Browser(app), Browser(app), Browser(app))
            for browser in [desk, phone] {
                _ = try await browser.submit(
                    try await browser.get("/sign-in"), "/sign-in",
                    ["email": email, "password": password])
            }
            func write(_ browser: Browser) async throws -> Int {
                try await browser.send(
                    "POST", "/api/v1/things", TestSite.good,
                    headers: [("x-forwarded-for", "127.0.0.1")]
                ).status
            }

            #expect(try await write(desk) == 201)
            #expect(try await write(phone) == 201)
            #expect(try await write(desk) == 201)
            #expect(try await write(phone) == 429)
            #expect(try await write(desk) == 429)
            #expect(try await write(stranger) == 201)
            #expect(try await desk.get("/hello").status == 200)
        }
    }

    @Test func `a new password ends the other sessions, and the old one opens nothing`()
        async throws
    {
        try await TestMarketplace.run { market in
            let email = "\(ID<Account>())@example.test"
            _ = try await market.marketplace.register(
                Registration(email: email, name: "Ada", password: password))
            let app = try TestSite(market).app
            let (desk, phone) = (Browser(app), Browser(app))
            func signIn(_ browser: Browser, _ password: String) async throws -> WebAnswer {
                try await browser.submit(
                    try await browser.get("/sign-in"), "/sign-in",
                    ["email": email, "password": password])
            }
            for browser in [desk, phone] { _ = try await signIn(browser, password) }

            let wrong = try await desk.submit(
                try await desk.get("/password"), "/password",
                ["current": "not this one", "password": "another long sentence"])
            let right = try await desk.submit(
                try await desk.get("/password"), "/password",
                ["current": password, "password": "another long sentence"])

            #expect(wrong.status == 422)
            #expect(right.status == 200 || right.status == 404)
            #expect(try await desk.send("GET", "/api/v1/account").status == 200)
            #expect(try await phone.send("GET", "/api/v1/account").status == 401)
            #expect(try await signIn(Browser(app), password).status == 401)
            #expect(try await signIn(phone, "another long sentence").status != 401)
        }
    }

    @Test func `without Redis is 503, while pages still answer`() async throws {
        try await TestMarketplace.run { market in
            _ = try await person(market)
            let browser = Browser(try TestSite(market, redis: false).app)
            browser.setCookie("guildhall_customer", Secrets.token())

            let page = try await browser.get("/hello")
            let start = ContinuousClock.now
            let signIn = try await browser.send(
                "POST", "/api/v1/sessions",
                ["email": .string(email), "password": .string(password)])

            #expect(page.status == 200)
            #expect(signIn.status == 503)
            #expect(signIn.header("retry-after") != nil)
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test func `by token works for its own app only`() async throws {
        try await TestMarketplace.run { market in
            let account = try await market.given.account()
            let app = try TestSite(market).app
            let mine = try await market.marketplace.createAccessToken(
                named: "mine", for: .customer, of: account.id)
            let other = try await market.marketplace.createAccessToken(
                named: "other", for: .seller, of: account.id)

            let good = try await Browser(app).send("GET", "/api/v1/account", token: mine.secret)
            let bad = try await Browser(app).send("GET", "/api/v1/account", token: other.secret)
            let visitor = try await Browser(app).send("GET", "/hello", token: "nonsense")

            #expect(good.json?["id"] == .string(account.id.description))
            #expect(bad.status == 401)
            #expect(visitor.status == 401)
        }
    }

    @Test func `a made-up return address is not followed`() async throws {
        for then in ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:1", nil] {
            #expect(Then(then: then).path(or: "/") == "/")
        }
        #expect(Then(then: "/cart?x=1").path(or: "/") == "/cart?x=1")
    }
}

@Suite struct `Who may call` {
    @Test func `a member with the permission, and nobody else`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let stranger = try await market.given.account()
            let app = try TestSite(market).app
            func desk(_ account: Account?) async throws -> Int {
                var token: String?
                if let account {
                    token = try await market.marketplace.createAccessToken(
                        named: "t", for: .customer, of: account.id
                    ).secret
                }
                return try await Browser(app).send("GET", "/api/v1/desk", token: token).status
            }

            #expect(try await desk(seller.owner) == 200)
            #expect(try await desk(stranger) == 403)
            #expect(try await desk(nil) == 401)
        }
    }

    @Test func `an administrator with the role, and nobody else`() async throws {
        try await TestMarketplace.run { market in
            let app = try TestSite(market).app
            func office(_ role: AdminRole) async throws -> Int {
                let account = try await market.given.administrator(role)
                let token = try await market.marketplace.createAccessToken(
                    named: "t", for: .customer, of: account.id)
                return try await Browser(app).send(
                    "GET", "/api/v1/office", token: token.secret
                ).status
            }

            #expect(try await office(.administrator) == 204)
            #expect(try await office(.finance) == 204)
            #expect(try await office(.support) == 403)
        }
    }
}

@Suite struct `Forms` {
    @Test func `without their token are refused`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)
            _ = try await browser.get("/sign-in")

            let answer = try await browser.post("/sign-in", [("email", "a"), ("password", "b")])

            #expect(answer.status == 403)
            #expect(answer.text.contains("too old"))
        }
    }

    @Test func `from another browser or another site are refused`() async throws {
        try await TestMarketplace.run { market in
            let app = try TestSite(market).app
            let (mine, other) = (Browser(app), Browser(app))
            let page = try await other.get("/sign-in")
            _ = try await mine.get("/sign-in")

            let borrowed = try await mine.submitOnce(page, "/sign-in", ["email": "a"])
            let foreign = try await mine.raw(
                "POST", "/sign-in",
                headers: [
                    ("origin", "https://evil.test"),
                    ("content-type", "application/x-www-form-urlencoded"),
                ])
            let sameSite = try await mine.raw(
                "POST", "/api/v1/sessions", headers: [("sec-fetch-site", "same-site")])
            let opaque = try await mine.raw("POST", "/sign-in", headers: [("origin", "null")])

            #expect(borrowed.status == 403)
            #expect(foreign.status == 403)
            #expect(sameSite.status == 403)
            #expect(opaque.status == 403)
        }
    }
}
