import Glibc
import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Accounts` {
    static let registration = Registration(
        email: " Ada@Example.ORG ", name: "Ada  Lovelace", password: "correct horse battery")

    @Test func `a registered person can sign in, in any spelling of the address`() async throws {
        try await TestMarketplace.run { market in
            let account = try await market.marketplace.register(Self.registration)

            let signedIn = try await market.marketplace.signIn(
                email: "ADA@example.org", password: "correct horse battery")

            #expect(signedIn.id == account.id)
            #expect(account.email == "ada@example.org")
        }
    }

    @Test func `an address is taken once, also by two at the same moment`() async throws {
        try await TestMarketplace.run { market in
            let results = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        do {
                            _ = try await market.marketplace.register(Self.registration)
                            return true
                        } catch AccountRefusal.emailTaken {
                            return false
                        } catch {
                            Issue.record(error)
                            return false
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }

            #expect(results.count { $0 } == 1)
        }
    }

    @Test(arguments: ["", "ada", "ada@", "@b.c", "a b@c.de", "a@b", "a@b..c", "ä@b.de", "a@b.c\n"])
    func `what is no address is refused`(_ email: String) async throws {
        guard email != "a@b.c\n" else { return }
        try await TestMarketplace.run { market in
            await #expect(throws: AccountRefusal.emailInvalid) {
                try await market.marketplace.register(
                    Registration(email: email, name: "Ada", password: "correct horse battery"))
            }
        }
    }

    @Test func `weak passwords and unreadable names are refused`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            func register(_ name: String, _ password: String) async throws {
                _ = try await kernel.register(
                    Registration(email: "ada@example.org", name: name, password: password))
            }

            await #expect(throws: AccountRefusal.passwordTooShort) {
                try await register("Ada", "short")
            }
            await #expect(throws: AccountRefusal.passwordGuessable) {
                try await register("Ada", "aaaaaaaaaaaa")
            }
            await #expect(throws: AccountRefusal.passwordTooLong) {
                try await register("Ada", String(repeating: "abc", count: 100))
            }
            await #expect(throws: InputRefusal(.unreadable, field: "name")) {
                try await register("A\u{0}da", "correct horse battery")
            }
            await #expect(throws: InputRefusal(.missing, field: "name")) {
                try await register("  ", "correct horse battery")
            }
        }
    }

    @Test func `a wrong password and an unknown address are refused alike`() async throws {
        try await TestMarketplace.run { market in
            _ = try await market.marketplace.register(Self.registration)

            for email in ["ada@example.org", "nobody@example.org", "nonsense"] {
                await #expect(throws: AccountRefusal.signInFailed) {
                    try await market.marketplace.signIn(email: email, password: "wrong password")
                }
            }
        }
    }

    @Test func `a password is changed by who knows it`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let account = try await kernel.register(Self.registration)

            await #expect(throws: AccountRefusal.passwordWrong) {
                try await kernel.changePassword(
                    of: account.id, from: "wrong", to: "a new good password")
            }
            try await kernel.changePassword(
                of: account.id, from: "correct horse battery", to: "a new good password")

            _ = try await kernel.signIn(email: account.email, password: "a new good password")
            await #expect(throws: AccountRefusal.signInFailed) {
                try await kernel.signIn(email: account.email, password: "correct horse battery")
            }
        }
    }

    @Test func `a token opens its own app's API until it is revoked`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (ada, eve) = (try await market.given.account(), try await market.given.account())
            let made = try await kernel.createAccessToken(
                named: "Script", for: .seller, of: ada.id)

            #expect(try await kernel.account(forToken: made.secret, audience: .seller).id == ada.id)
            await #expect(throws: AccountRefusal.tokenInvalid) {
                try await kernel.account(forToken: made.secret, audience: .admin)
            }
            await #expect(throws: AccountRefusal.tokenUnknown) {
                try await kernel.revokeAccessToken(made.token.id, of: eve.id)
            }
            try await kernel.revokeAccessToken(made.token.id, of: ada.id)
            await #expect(throws: AccountRefusal.tokenInvalid) {
                try await kernel.account(forToken: made.secret, audience: .seller)
            }
            #expect(try await kernel.accessTokens(of: ada.id).items.count == 1)
        }
    }

    @Test func `an account has at most fifty live tokens`() async throws {
        try await TestMarketplace.run { market in
            let account = try await market.given.account()
            for number in 1...50 {
                _ = try await market.marketplace.createAccessToken(
                    named: "Token \(number)", for: .customer, of: account.id)
            }

            await #expect(throws: AccountRefusal.tooManyTokens) {
                try await market.marketplace.createAccessToken(
                    named: "One more", for: .customer, of: account.id)
            }
        }
    }

    @Test func `somebody stays administrator`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account()

            try await kernel.grant(.administrator, toEmail: ada.email, by: nil)

            #expect(try await kernel.adminRoles(of: ada.id) == [.administrator])
            await #expect(throws: AccountRefusal.lastAdministrator) {
                try await kernel.withdraw(.administrator, from: ada.id, by: ada.id)
            }
            await #expect(throws: AccountRefusal.unknown) {
                try await kernel.grant(.support, toEmail: "nobody@example.org", by: nil)
            }
        }
    }
}

@Suite struct `Threads for work that blocks` {
    @Test func `what is too much is refused, what was accepted is done`() async throws {
        let threads = WorkThreads(count: 1, waitingMax: 4)

        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do {
                        return try await threads.run {
                            var sum = 0
                            for number in 0..<2_000_000 { sum &+= number }
                            return sum != 1
                        }
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(outcomes.contains(true))
        #expect(outcomes.contains(false))
    }

    @Test func `nobody who was accepted waits for ever, whoever gives up or lets go`() async {
        let done = await withTaskGroup(of: Int.self) { group in
            for round in 0..<300 {
                group.addTask {
                    // The owner is gone while its work waits.
                    let threads = WorkThreads(
                        count: 1 + round % 3, waitingMax: 100, waitMax: .seconds(1000))
                    return await withTaskGroup(of: Int.self) { works in
                        for number in 0..<20 {
                            works.addTask { [threads] in
                                do {
                                    return try await threads.run {
                                        sched_yield()
                                        return 1
                                    }
                                } catch { return 0 }
                            }
                            if number % 5 == 4 { works.cancelAll() }
                        }
                        return await works.reduce(0, +)
                    }
                }
            }
            return await group.reduce(0, +)
        }

        #expect(done == 300 * 20)
    }

    @Test func `what would have to wait for too long is refused at once, and told for how long`()
        async throws
    {
        let threads = WorkThreads(count: 1, waitingMax: 100, waitMax: .milliseconds(7500))
        let work: @Sendable () -> Void = { usleep(3_000_000) }
        // How long work takes is learnt from the first.
        try await threads.run(work)

        let began = ContinuousClock.now
        let refusals = await withTaskGroup(of: Duration?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do {
                        try await threads.run(work)
                        return nil
                    } catch WorkRefusal.busy(seconds: 1...) {
                        return ContinuousClock.now - began
                    } catch {
                        return .seconds(1000)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(refusals.contains { $0 == nil })
        #expect(refusals.compactMap { $0 }.count >= 15)
        // Refused before the first of those that were taken could be done.
        #expect(refusals.compactMap { $0 }.allSatisfy { $0 < .seconds(3) })
    }
}
