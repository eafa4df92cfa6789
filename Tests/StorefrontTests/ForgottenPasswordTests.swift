import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Whoever forgot the password` {
    private static let email = "grace@example.test"

    private func link(_ shop: OpenShop) async throws -> String {
        let letters = try await shop.marketplace.mails(PageRequest()).items
        let body = try #require(letters.first { $0.topic == "account.password-reset" }).body
        let start = try #require(body.firstRange(of: "/password/reset/"))
        return String(body[start.lowerBound...].prefix { !$0.isWhitespace })
    }

    @Test func `is led from signing in to a new one, and everybody else is signed out`()
        async throws
    {
        try await OpenShop.run { shop in
            let other = Browser(shop.app)
            try await shop.register(other, Self.email)
            let browser = Browser(shop.app)
            let signIn = try await browser.get("/sign-in")
            #expect(signIn.text.contains("href=\"/password/forgotten\""))
            let asked = try await browser.submit(
                try await browser.get("/password/forgotten"), "/password/forgotten",
                ["email": Self.email])
            #expect(asked.text.contains("If there is an account of this address"))
            let link = try await link(shop)

            let form = try await browser.get(link)
            let short = try await browser.submit(form, link, ["password": "short"])
            #expect(short.status == 422)
            #expect(short.text.contains("at least 10 characters"))
            let done = try await browser.submit(short, link, ["password": "a donkey on a bicycle"])

            #expect(done.text.contains("Your password is changed."))
            #expect(done.text.contains("name=\"password\""), "nobody is signed in by a link")
            #expect(try await other.raw("GET", "/account").status == 303)
            let again = try await browser.get(link)
            #expect(again.status == 404)
            #expect(again.text.contains("This link is over"))
            let inside = try await browser.submit(
                try await browser.get("/sign-in"), "/sign-in",
                ["email": Self.email, "password": "a donkey on a bicycle"])
            #expect(inside.text.contains("Your purchases"))
        }
    }

    @Test func `learns nothing of who has an account, by the answer or the clock`() async throws {
        try await OpenShop.run { shop in
            try await shop.register(Browser(shop.app), Self.email)
            var pages: [String] = []
            var times: [Duration] = []
            for email in [Self.email, "nobody@example.test"] {
                let browser = Browser(shop.app)
                let page = try await browser.get("/password/forgotten")
                let start = ContinuousClock.now
                let answer = try await browser.submitOnce(
                    page, "/password/forgotten", ["email": email])
                times.append(ContinuousClock.now - start)
                pages.append("\(answer.status) \(answer.header("location") ?? "")")
            }

            #expect(pages[0] == pages[1])
            #expect(times.allSatisfy { $0 >= .milliseconds(150) })
        }
    }

    @Test func `may ask so often, and no more, for one address`() async throws {
        try await OpenShop.run { shop in
            let email = "\(ID<Account>())@example.test"
            var refused = 0
            for _ in 0..<12 {
                let answer = try await Browser(shop.app).send(
                    "POST", "/api/v1/password-resets", ["email": .string(email)])
                if answer.status == 429 { refused += 1 }
            }

            #expect(refused == 2)
        }
    }

    @Test func `sets it by the API, and is told what is wrong`() async throws {
        try await OpenShop.run { shop in
            try await shop.register(Browser(shop.app), Self.email)
            let program = Browser(shop.app)
            let asked = try await program.send(
                "POST", "/api/v1/password-resets", ["email": .string(Self.email)])
            let token = String(try await link(shop).dropFirst("/password/reset/".count))
            func set(_ token: String, _ password: String) async throws -> WebAnswer {
                try await program.send(
                    "PUT", "/api/v1/password-resets/\(token)", ["password": .string(password)])
            }

            #expect((200..<300).contains(asked.status))
            let weak = try await set(token, "aaaaaaaaaaaa")
            #expect(weak.status == 422 && weak.text.contains("\"password\""))
            #expect(try await set(String(token.reversed()), "a donkey on a bicycle").status == 404)
            #expect((200..<300).contains(try await set(token, "a donkey on a bicycle").status))
            #expect(try await set(token, "a donkey on a bicycle").status == 404)
        }
    }
}
