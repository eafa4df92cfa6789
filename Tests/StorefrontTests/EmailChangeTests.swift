import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `The address of an account` {
    private static let password = "a long sentence of words"

    /// An address of its own: guesses at one address are counted across tests.
    private static func address() -> String { "\(ID<Account>())@example.test" }

    private func letters(_ shop: OpenShop, to recipient: String) async throws -> [Mail] {
        try await shop.marketplace.mails(PageRequest()).items.filter { $0.recipient == recipient }
    }

    /// What the newest letter to this address leads to.
    private func link(_ shop: OpenShop, to recipient: String) async throws -> String {
        let body = try #require(try await letters(shop, to: recipient).first).body
        let start = try #require(body.firstRange(of: "/email/"))
        return String(body[start.lowerBound...].prefix { !$0.isWhitespace })
    }

    private func ask(
        _ browser: Browser, _ email: String, _ password: String = password
    ) async throws -> WebAnswer {
        try await browser.submit(
            try await browser.get("/email"), "/email",
            ["email": email, "currentPassword": password])
    }

    @Test func `changes by a link to the new one, and the old one is told twice`() async throws {
        try await OpenShop.run { shop in
            let (old, new) = (Self.address(), Self.address())
            let browser = Browser(shop.app)
            try await shop.register(browser, old)
            #expect(try await browser.get("/account").text.contains("href=\"/email\""))
            #expect(try await browser.get("/security").text.contains("href=\"/email\""))

            let wrong = try await ask(browser, new, "not the password")
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("not your present password"))
            #expect(wrong.text.contains("value=\"\(new)\""))
            let asked = try await ask(browser, new.uppercased())
            #expect(asked.text.contains("A link is on its way"))
            #expect(try await letters(shop, to: old).map(\.topic) == ["account.email-asked"])
            let link = try await link(shop, to: new)
            #expect(try await !letters(shop, to: new)[0].body.contains("Grace"))
            let account = try #require(try await shop.marketplace.account(email: old))

            // Programs that look at links in mail open them and press no button.
            let page = try await Browser(shop.app).get(link)
            #expect(page.text.contains(new))
            #expect(try await shop.marketplace.account(account.id)?.email == old)
            let done = try await browser.submit(try await browser.get(link), link, [:])

            #expect(done.text.contains("The address of your account is \(new) now."))
            #expect(try await browser.send("GET", "/api/v1/account").json?["email"]?.string == new)
            #expect(
                try await letters(shop, to: old).map(\.topic)
                    == ["account.email-changed", "account.email-asked"])
            let inside = Browser(shop.app)
            let signedIn = try await inside.submit(
                try await inside.get("/sign-in"), "/sign-in",
                ["email": new, "password": Self.password])
            #expect(signedIn.text.contains("Your purchases"))
            let lines = try await shop.marketplace.auditTrail(
                .object(kind: "account", id: account.id.description), PageRequest()
            ).items
            #expect(lines.map(\.action) == ["account.email-changed", "account.email-asked"])
            #expect(!lines.contains { "\($0)".contains(new) || "\($0)".contains(old) })
        }
    }

    @Test func `has links that work once, for the last one asked for, and for a day`() async throws
    {
        try await OpenShop.run { shop in
            let (old, first, second) = (Self.address(), Self.address(), Self.address())
            let browser = Browser(shop.app)
            try await shop.register(browser, old)
            _ = try await ask(browser, first)
            let superseded = try await link(shop, to: first)
            _ = try await ask(browser, second)
            let link = try await link(shop, to: second)
            try await shop.marketplace.sendPasswordReset(to: old, at: "http://shop.test")
            let reset = try #require(
                try await letters(shop, to: old).first { $0.topic == "account.password-reset" })
            let start = try #require(reset.body.firstRange(of: "/password/reset/"))
            let token = String(reset.body[start.upperBound...].prefix { !$0.isWhitespace })

            #expect(try await browser.get(superseded).status == 404)
            #expect(try await browser.get(link.lowercased()).status == 404)
            try await shop.market.database.execute(
                "update email_change set expires_at = now() - interval '1 second'")
            #expect(try await browser.get(link).status == 404)
            try await shop.market.database.execute(
                "update email_change set expires_at = now() + interval '1 hour'")
            let path = "/api/v1/email-changes/\(link.dropFirst("/email/".count))"
            #expect(try await Browser(shop.app).send("PUT", path).status == 200)
            #expect(try await Browser(shop.app).send("PUT", path).status == 404)
            #expect(try await browser.get(link).text.contains("This link is over"))
            await #expect(throws: PasswordResetRefusal.over) {
                try await shop.marketplace.checkPasswordReset(token)
            }
        }
    }

    @Test func `that somebody else has is asked for as any other, and is not given away`()
        async throws
    {
        try await OpenShop.run { shop in
            let (taken, free) = (Self.address(), Self.address())
            try await shop.register(Browser(shop.app), taken)
            var answers: [String] = []
            var notices: [[String]] = []
            for wanted in [taken, free] {
                let mine = Self.address()
                let browser = Browser(shop.app)
                try await shop.register(browser, mine)
                let answer = try await browser.submitOnce(
                    try await browser.get("/email"), "/email",
                    ["email": wanted, "currentPassword": Self.password])
                answers.append("\(answer.status) \(answer.header("location") ?? "")")
                notices.append(try await letters(shop, to: mine).map(\.subject))
            }

            #expect(answers[0] == answers[1])
            #expect(notices[0] == notices[1])
            let told = try #require(try await letters(shop, to: taken).first)
            #expect(told.body.contains("nothing was changed") && !told.body.contains("/email/"))

            // Somebody registers with the free one before the link is opened.
            let link = try await link(shop, to: free)
            try await shop.register(Browser(shop.app), free)
            let reader = Browser(shop.app)
            let late = try await reader.submit(try await reader.get(link), link, [:])
            #expect(late.status == 409 && late.text.contains("another account"))
            let path = "/api/v1/email-changes/\(link.dropFirst("/email/".count))"
            #expect(try await Browser(shop.app).send("PUT", path).status == 409)
        }
    }

    @Test func `is asked for three times an hour at most, and never for the same`() async throws {
        try await OpenShop.run { shop in
            let mine = Self.address()
            let browser = Browser(shop.app)
            try await shop.register(browser, mine)

            #expect(try await ask(browser, mine).status == 422)
            for _ in 0..<3 { _ = try await ask(browser, Self.address()) }
            let wanted = Self.address()
            #expect(try await ask(browser, wanted).status == 429)
            #expect(try await letters(shop, to: wanted).isEmpty)
        }
    }

    @Test func `is erased with the person, wherever it was written to`() async throws {
        try await OpenShop.run { shop in
            let (old, new) = (Self.address(), Self.address())
            let browser = Browser(shop.app)
            try await shop.register(browser, old)
            _ = try await ask(browser, new)
            let link = try await link(shop, to: new)
            _ = try await browser.submit(try await browser.get(link), link, [:])
            let account = try #require(try await shop.marketplace.account(email: new))

            try await shop.marketplace.eraseAccount(account.id, password: Self.password)

            for address in [old, new] {
                #expect(try await letters(shop, to: address).isEmpty, "\(address)")
            }
            let left = try await shop.market.database.query("select from email_change")
            #expect(left.isEmpty)
        }
    }

    @Test func `of purchases stays the one they were placed with`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let thing = try await shop.thing("Cup", by: seller)
            let browser = Browser(shop.app)
            let mine = Self.address()
            try await shop.register(browser, mine)
            _ = try await shop.guestAtPayment([thing.variant], in: browser)
            let before = try await shop.market.database.query("select email from checkout")
                .decode { c in try c.next(String.self) }
            let new = Self.address()
            _ = try await ask(browser, new)
            let link = try await link(shop, to: new)
            _ = try await browser.submit(try await browser.get(link), link, [:])

            let after = try await shop.market.database.query("select email from checkout")
                .decode { c in try c.next(String.self) }
            #expect(before == after && before == ["grace@example.test"])
        }
    }
}
