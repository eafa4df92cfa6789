import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

/// What a new password ends, it ends in the database: the verb alone is called here, as when the
/// process dies before Redis hears of it, or Redis is away.
@Suite struct `A new password ends at once` {
    private static let old = "a long sentence of words"
    private static let new = "a donkey on a bicycle"

    /// At an address of their own: guesses at one address are counted across tests.
    private func person(_ market: TestMarketplace) async throws -> Account {
        try await market.marketplace.register(
            Registration(email: "\(ID<Account>())@example.test", name: "Ada", password: Self.old))
    }

    private func signIn(
        _ browser: Browser, _ person: Account, _ password: String = old
    ) async throws -> WebAnswer {
        try await browser.submit(
            try await browser.get("/sign-in"), "/sign-in",
            ["email": person.email, "password": password])
    }

    private func account(_ browser: Browser) async throws -> Int {
        try await browser.send("GET", "/api/v1/account").status
    }

    private func reset(_ person: Account, _ market: TestMarketplace) async throws {
        let kernel = market.marketplace
        try await kernel.sendPasswordReset(to: person.email, at: "http://shop.test")
        let letter = try #require(
            try await kernel.mails(PageRequest()).items.first { $0.recipient == person.email })
        let start = try #require(letter.body.firstRange(of: "http://shop.test/password/reset/"))
        let token = String(letter.body[start.upperBound...].prefix { !$0.isWhitespace })
        _ = try await kernel.resetPassword(token, to: Self.new)
    }

    @Test func `every session, also where Redis was not told of a reset or a change`() async throws
    {
        try await TestMarketplace.run { market in
            let app = try TestSite(market).app
            for isReset in [true, false] {
                let person = try await person(market)
                let thief = Browser(app)
                _ = try await signIn(thief, person)
                #expect(try await account(thief) == 200)

                if isReset {
                    try await reset(person, market)
                } else {
                    try await market.marketplace.changePassword(
                        of: person.id, from: Self.old, to: Self.new)
                }

                #expect(try await account(thief) == 401)
                #expect(try await thief.raw("GET", "/mine").status == 303)
                let owner = Browser(app)
                _ = try await signIn(owner, person, Self.new)
                #expect(try await account(owner) == 200)
                #expect(try await account(thief) == 401)
                let listed = try await owner.send("GET", "/api/v1/sessions").json?["items"]
                #expect(listed?.items.count == 1)
            }
        }
    }

    @Test func `who typed the old one and was about to type a code`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let person = try await person(market)
            let secret = try await kernel.beginSecondFactor(of: person, password: Self.old)
            let codes = try #require(Authenticator(uri: secret.uri))
            let app = try TestSite(market).app
            let before = Browser(app)
            _ = try await signIn(before, person)
            _ = try await kernel.confirmSecondFactor(of: person, code: try await codes.code(-1))
            // Turning it on is such an end, too: that session had the password alone.
            #expect(try await account(before) == 401)

            let thief = Browser(app)
            let asked = try await signIn(thief, person)
            #expect(asked.text.contains("name=\"code\""))
            try await reset(person, market)
            let form = try await thief.get("/sign-in/code")

            #expect(!form.text.contains("name=\"code\""))
        }
    }

    @Test func `what support looks at, and what the person looks at as support`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (person, other) = (try await person(market), try await market.given.account())
            let clerk = try await self.person(market)
            try await market.database.execute(
                "insert into account_role (account_id, role) values (\(clerk.id), 'support')")
            func visit(_ of: Account) async throws -> Impersonation {
                let begun = try await kernel.beginImpersonation(
                    of: of.id, in: .customer, reason: "A parcel is lost.", by: clerk.id,
                    from: .session(hash: "a session"))
                return try await kernel.openImpersonation(
                    pass: begun.pass, in: .customer
                ).impersonation
            }
            let (first, second) = (try await visit(person), try await visit(other))
            #expect(try await kernel.liveImpersonation(first.id) != nil)

            try await reset(person, market)
            #expect(try await kernel.liveImpersonation(first.id) == nil)
            #expect(try await kernel.liveImpersonation(second.id) != nil)

            try await reset(clerk, market)
            #expect(try await kernel.liveImpersonation(second.id) == nil)
        }
    }

    @Test func `a visit that hangs on a session of an administrator which is over`() async throws {
        try await TestMarketplace.run { market in
            let clerk = try await person(market)
            let store = SessionStore(redis: TestWeb.redis, app: "admin")
            let token = try await store.open(clerk)
            func isOpen(in epoch: Int) async throws -> Bool {
                try await SessionStore.isOpen(
                    Secrets.hash(token), in: .admin, epoch, TestWeb.redis)
            }

            #expect(try await isOpen(in: clerk.accessEpoch))
            let next = try await market.marketplace.endOtherSessions(of: clerk)
            #expect(try await !isOpen(in: next.accessEpoch))
        }
    }

    @Test func `every token for programs, which the trail and a letter say`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            for isReset in [true, false] {
                let person = try await person(market)
                let made = try await kernel.createAccessToken(
                    named: "Script", for: .customer, of: person.id)
                if isReset {
                    try await reset(person, market)
                } else {
                    try await kernel.changePassword(of: person.id, from: Self.old, to: Self.new)
                }

                await #expect(throws: AccountRefusal.tokenInvalid) {
                    try await kernel.account(forToken: made.secret, audience: .customer)
                }
                // The old password was proved before it was replaced, and the token comes after.
                await #expect(throws: AccountRefusal.signInFailed) {
                    try await kernel.createAccessToken(
                        named: "Late", for: .customer, of: person.id, since: person.accessEpoch)
                }
                let line = try #require(
                    try await kernel.auditTrail(
                        .object(kind: "account", id: person.id.description), PageRequest()
                    ).items.first)
                #expect(
                    line.action == (isReset ? "account.password-reset" : "account.password-changed")
                )
                #expect(line.after?.contains("revoked") == true)
                let told = try await market.database.query(
                    """
                    select account_id from outbox_event
                    where topic = 'account.password-changed' and account_id = \(person.id)
                    """)
                #expect(told.count == 1)
            }
        }
    }

    @Test func `others where somebody signs out elsewhere, and not the browser that asks`()
        async throws
    {
        try await TestMarketplace.run { market in
            let app = try TestSite(market).app
            let person = try await person(market)
            let (desk, phone) = (Browser(app), Browser(app))
            for browser in [desk, phone] { _ = try await signIn(browser, person) }

            #expect(try await desk.send("DELETE", "/api/v1/sessions/others").status == 204)

            #expect(try await account(desk) == 200)
            #expect(try await account(phone) == 401)
            // Who was let in before, and asks after, does not get on by asking the same.
            await #expect(throws: AccountRefusal.signInFailed) {
                try await market.marketplace.endOtherSessions(of: person)
            }
        }
    }
}
