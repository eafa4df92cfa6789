import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `A link that gives an account another address` {
    private static let password = "correct horse battery"
    private static let new = "a donkey on a bicycle"
    private static let home = "http://shop.test"

    private let wanted = "ada@elsewhere.test"

    private func register(
        _ market: TestMarketplace, _ email: String = "ada@example.test"
    ) async throws -> Account {
        try await market.marketplace.register(
            Registration(email: email, name: "Ada", password: Self.password, language: nil))
    }

    private func ask(
        _ market: TestMarketplace, _ account: Account, _ email: String? = nil
    ) async throws -> String {
        let wanted = email ?? wanted
        try await market.marketplace.askForEmail(
            wanted, of: account.id, password: Self.password, at: Self.home)
        let letter = try #require(
            try await market.marketplace.mails(PageRequest()).items.first {
                $0.recipient == wanted
            })
        let start = try #require(letter.body.firstRange(of: "\(Self.home)/email/"))
        return String(letter.body[start.upperBound...].prefix { !$0.isWhitespace })
    }

    private func acts(_ market: TestMarketplace, _ account: Account) async throws -> [String] {
        try await market.marketplace.auditTrail(
            .object(kind: "account", id: account.id.description), PageRequest()
        ).items.map(\.action)
    }

    @Test func `is good for one of two who open it at once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await register(market)
            let token = try await ask(market, ada)

            let ends = try await market.inTurn(
                lockedBy: "select id from account where id = \(ada.id) for update",
                Array(
                    repeating: { try await kernel.changeEmail(by: token, at: Self.home) }, count: 2)
            )

            #expect(ends.map(\.isSuccess) == [true, false])
            #expect(throws: EmailChangeRefusal.over) { try ends[1].get() }
            #expect(try await kernel.account(ada.id)?.email == wanted)
            #expect(
                try await acts(market, ada) == ["account.email-changed", "account.email-asked"])
            let told = try await kernel.mails(PageRequest()).items
                .filter { $0.recipient == ada.email }.map(\.topic)
            #expect(told == ["account.email-changed", "account.email-asked"])
        }
    }

    @Test func `is over when another one was asked for at the same moment`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await register(market)

            let ends = try await market.inTurn(
                lockedBy: "select id from account where id = \(ada.id) for update",
                ["one@elsewhere.test", "two@elsewhere.test"].map { email in
                    { @Sendable in try await ask(market, ada, email) }
                })

            let tokens = try ends.map { try $0.get() }
            await #expect(throws: EmailChangeRefusal.over) {
                try await kernel.emailChange(tokens[0])
            }
            #expect(try await kernel.emailChange(tokens[1]).email == "two@elsewhere.test")
        }
    }

    @Test func `to an address that somebody else opens theirs to at once gives it to one`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            var tokens: [String] = []
            for number in 0..<4 {
                let account = try await register(market, "ada-\(number)@example.test")
                tokens.append(try await ask(market, account))
            }

            let taken = await withTaskGroup(of: Bool.self) { group in
                for token in tokens {
                    group.addTask {
                        do {
                            _ = try await kernel.changeEmail(by: token, at: Self.home)
                            return false
                        } catch EmailChangeRefusal.taken { return true } catch {
                            Issue.record(error)
                            return true
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }

            #expect(taken == 3)
            #expect(try await kernel.account(email: wanted) != nil)
        }
    }

    /// Whoever stole a password and asked with it is out once there is another one.
    @Test func `is over with the password that it was asked for with`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await register(market)
            let token = try await ask(market, ada)

            try await kernel.changePassword(of: ada.id, from: Self.password, to: Self.new)

            await #expect(throws: EmailChangeRefusal.over) { try await kernel.emailChange(token) }
            await #expect(throws: EmailChangeRefusal.over) {
                try await kernel.changeEmail(by: token, at: Self.home)
            }
            #expect(try await kernel.account(ada.id)?.email == ada.email)
        }
    }

    @Test func `is over with the time at which a password was enough`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await register(market)
            let token = try await ask(market, ada)
            let secret = try await kernel.beginSecondFactor(of: ada, password: Self.password)
            let codes = try #require(Authenticator(uri: secret.uri))

            _ = try await kernel.confirmSecondFactor(of: ada, code: try await codes.code())

            await #expect(throws: EmailChangeRefusal.over) { try await kernel.emailChange(token) }
        }
    }

    @Test(arguments: [true, false])
    func `and another password at once are one after the other`(
        isPasswordFirst: Bool
    ) async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await register(market)
            let token = try await ask(market, ada)
            let password: @Sendable () async throws -> Account = {
                try await kernel.changePassword(of: ada.id, from: Self.password, to: Self.new)
            }
            let link: @Sendable () async throws -> Account = {
                try await kernel.changeEmail(by: token, at: Self.home)
            }

            let ends = try await market.inTurn(
                lockedBy: "select id from account where id = \(ada.id) for update",
                isPasswordFirst ? [password, link] : [link, password])

            #expect(ends.map(\.isSuccess) == [true, !isPasswordFirst])
            let email = isPasswordFirst ? ada.email : wanted
            #expect(try await kernel.signIn(email: email, password: Self.new).id == ada.id)
            let changes = try await acts(market, ada).dropLast()
            #expect(
                changes
                    == (isPasswordFirst
                        ? ["account.password-changed"]
                        : ["account.password-changed", "account.email-changed"]))
        }
    }

    /// Or whoever reads the old mailbox would set a password.
    @Test func `and a forgotten password at once send no link to the address from before`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await register(market)
            let token = try await ask(market, ada)

            let ends = try await market.inTurn(
                lockedBy: "select id from account where id = \(ada.id) for update",
                [
                    { @Sendable in _ = try await kernel.changeEmail(by: token, at: Self.home) },
                    { @Sendable in
                        try await kernel.sendPasswordReset(to: ada.email, at: Self.home)
                    },
                ])

            for end in ends { try end.get() }
            let letters = try await kernel.mails(PageRequest()).items
            #expect(letters.allSatisfy { $0.topic != "account.password-reset" })
        }
    }

    @Test func `is not asked for with a password that is replaced meanwhile`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await register(market)

            let ends = try await market.inTurn(
                lockedBy: "select id from account where id = \(ada.id) for update",
                [
                    { @Sendable in
                        try await kernel.changePassword(
                            of: ada.id, from: Self.password, to: Self.new)
                        return ""
                    },
                    { @Sendable in try await ask(market, ada) },
                ])

            #expect(throws: AccountRefusal.passwordWrong) { try ends[1].get() }
            let letters = try await kernel.mails(PageRequest()).items
            #expect(letters.allSatisfy { $0.recipient != wanted })
        }
    }
}

extension Result where Failure == any Error {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
