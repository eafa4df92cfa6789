import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A forgotten password` {
    private static let email = "ada@example.test"
    private static let old = "correct horse battery"
    private static let new = "a donkey on a bicycle"

    private func ada(_ market: TestMarketplace) async throws -> Account {
        try await market.marketplace.register(
            Registration(email: Self.email, name: "Ada", password: Self.old, language: nil))
    }

    private func letters(_ market: TestMarketplace) async throws -> [Mail] {
        try await market.marketplace.mails(PageRequest()).items
            .filter { $0.topic == "account.password-reset" }
    }

    /// The token of the newest link that was written, as its reader sees it.
    private func token(_ market: TestMarketplace) async throws -> String {
        let letter = try #require(try await letters(market).first)
        #expect(letter.recipient == Self.email)
        let start = try #require(letter.body.firstRange(of: "http://shop.test/password/reset/"))
        return String(letter.body[start.upperBound...].prefix { !$0.isWhitespace })
    }

    private func ask(_ market: TestMarketplace, _ email: String = email) async throws {
        try await market.marketplace.sendPasswordReset(to: email, at: "http://shop.test")
    }

    @Test func `is replaced once by whoever reads the mail of the account's address`() async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            try await ask(market, " Ada@Example.TEST")
            let token = try await token(market)

            try await kernel.checkPasswordReset(token)
            #expect(try await kernel.resetPassword(token, to: Self.new) == ada.id)

            #expect(try await kernel.signIn(email: Self.email, password: Self.new).id == ada.id)
            await #expect(throws: AccountRefusal.signInFailed) {
                try await kernel.signIn(email: Self.email, password: Self.old)
            }
            await #expect(throws: PasswordResetRefusal.over) {
                try await kernel.resetPassword(token, to: "another one of words")
            }
            await #expect(throws: PasswordResetRefusal.over) {
                try await kernel.checkPasswordReset(token)
            }
            let lines = try await market.database.query(
                "select actor_id from audit_log where action = 'account.password-reset'"
            ).decode { c in try c.next(ID<Account>.self) }
            #expect(lines == [ada.id])
        }
    }

    @Test func `is kept when the link is too old, wrong, or one of the account was used`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            _ = try await ada(market)
            try await ask(market)
            let first = try await token(market)
            try await ask(market)
            let second = try await token(market)
            #expect(first != second)
            func refused(_ token: String) async {
                await #expect(throws: PasswordResetRefusal.over) {
                    try await kernel.resetPassword(token, to: Self.new)
                }
            }

            await refused(first.lowercased())
            await refused("")
            try await market.database.execute(
                "update password_reset set expires_at = now() - interval '1 second'")
            await refused(first)
            try await market.database.execute(
                "update password_reset set expires_at = now() + interval '1 hour'")
            _ = try await kernel.resetPassword(second, to: Self.new)
            await refused(first)
        }
    }

    @Test func `is not replaced by one that is easy to guess, and the link stays good`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            _ = try await ada(market)
            try await ask(market)
            let token = try await token(market)

            await #expect(throws: AccountRefusal.passwordTooShort) {
                try await kernel.resetPassword(token, to: "short")
            }
            await #expect(throws: AccountRefusal.passwordGuessable) {
                try await kernel.resetPassword(token, to: Self.email)
            }

            _ = try await kernel.resetPassword(token, to: Self.new)
        }
    }

    @Test func `is written of three times an hour at most, and to nobody who has no account`()
        async throws
    {
        try await TestMarketplace.run { market in
            _ = try await ada(market)
            try await ask(market, "nobody@example.test")
            try await ask(market, "no address")
            #expect(try await letters(market).isEmpty)

            for _ in 0..<5 { try await ask(market) }

            #expect(try await letters(market).count == 3)
        }
    }

    @Test func `is set by one of two who open the link at once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            _ = try await ada(market)
            try await ask(market)
            let token = try await token(market)

            let won = await withTaskGroup(of: Int.self) { group in
                for password in [Self.new, "another one of words"] {
                    group.addTask {
                        do {
                            _ = try await kernel.resetPassword(token, to: password)
                            return 1
                        } catch PasswordResetRefusal.over {
                            return 0
                        } catch {
                            Issue.record(error)
                            return 0
                        }
                    }
                }
                return await group.reduce(0, +)
            }

            #expect(won == 1)
        }
    }

    @Test func `leaves no link in the back office, the database or what is erased`() async throws {
        try await TestMarketplace.run(
            settings: { $0.isDemo = false }, checkingInvariants: false
        ) { market in
            let ada = try await ada(market)
            try await ask(market)

            let letter = try #require(try await letters(market).first)
            #expect(letter.body.contains("/password/reset/…"))
            try await market.marketplace.eraseAccount(ada.id, password: Self.old)
            #expect(try await letters(market).isEmpty)
            let left = try await market.database.query("select id from password_reset")
            #expect(left.isEmpty)
        }
    }
}
