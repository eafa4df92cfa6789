import Kernel
import ProviderKit
import Synchronization
import TestSupport
import Testing
import Vocabulary

@Suite struct `A second factor` {
    private static let password = "correct horse battery"

    private func ada(_ market: TestMarketplace) async throws -> Account {
        try await market.marketplace.register(
            Registration(email: "ada@example.test", name: "Ada", password: Self.password))
    }

    /// Turned on; the code of half a minute ago is used up by that.
    private func turnOn(
        _ kernel: Marketplace, _ account: Account
    ) async throws -> (app: Authenticator, codes: [String]) {
        let secret = try await kernel.beginSecondFactor(of: account, password: Self.password)
        let app = try #require(Authenticator(uri: secret.uri))
        let codes = try await kernel.confirmSecondFactor(
            of: account, code: try await app.code(-1)
        ).codes
        return (app, codes)
    }

    @Test func `is asked for once a first code was typed, and each code opens once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            _ = try await kernel.beginSecondFactor(of: ada, password: Self.password)
            try await kernel.checkSecondFactor(of: ada.id, code: nil)
            #expect(try await kernel.secondFactor(of: ada.id) == nil)

            let (app, codes) = try await turnOn(kernel, ada)
            #expect(codes.count == 10)
            #expect(Set(codes).count == 10)
            await #expect(throws: SecondFactorRefusal.self) {
                try await kernel.checkSecondFactor(of: ada.id, code: nil)
            }
            let code = try await app.code()
            try await kernel.checkSecondFactor(
                of: ada.id,
                code: " \(code.prefix(3)) "
                    + code.suffix(3))
            let again = await #expect(throws: SecondFactorRefusal.self) {
                try await kernel.checkSecondFactor(of: ada.id, code: code)
            }
            #expect(again?.code == "second-factor.code-wrong")
            try await kernel.checkSecondFactor(of: ada.id, code: try await app.code(1))
        }
    }

    @Test func `opens for one of two who type the same code at the same moment`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            let (app, _) = try await turnOn(kernel, ada)
            let code = try await app.code()

            let opened = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        do {
                            try await kernel.checkSecondFactor(of: ada.id, code: code)
                            return true
                        } catch is SecondFactorRefusal {
                            return false
                        } catch {
                            Issue.record(error)
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }

            #expect(opened == 1)
        }
    }

    @Test func `opens by a recovery code, each once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            let (_, codes) = try await turnOn(kernel, ada)

            try await kernel.checkSecondFactor(of: ada.id, code: codes[3].lowercased())
            await #expect(throws: SecondFactorRefusal.self) {
                try await kernel.checkSecondFactor(of: ada.id, code: codes[3])
            }
            #expect(try await kernel.secondFactor(of: ada.id)?.recoveryCodesLeft == 9)
            await #expect(throws: SecondFactorRefusal.self) {
                try await kernel.renewRecoveryCodes(
                    of: ada.id, password: Self.password, code: codes[3])
            }
            let renewed = try await kernel.renewRecoveryCodes(
                of: ada.id, password: Self.password, code: codes[5])
            await #expect(throws: SecondFactorRefusal.self) {
                try await kernel.checkSecondFactor(of: ada.id, code: codes[4])
            }
            try await kernel.checkSecondFactor(of: ada.id, code: renewed[0])
        }
    }

    @Test func `ends the tokens that were made with the password alone`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            let made = try await kernel.createAccessToken(
                named: "Script", for: .customer, of: ada.id)
            _ = try await kernel.account(forToken: made.secret, audience: .customer)

            _ = try await turnOn(kernel, ada)

            await #expect(throws: AccountRefusal.tokenInvalid) {
                try await kernel.account(forToken: made.secret, audience: .customer)
            }
        }
    }

    @Test func `is locked after five wrong codes, for a right one too`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            let (app, codes) = try await turnOn(kernel, ada)

            for _ in 0..<5 {
                await #expect(throws: SecondFactorRefusal.self) {
                    try await kernel.checkSecondFactor(of: ada.id, code: "AAAA-AAAA-AAAA-AAAA")
                }
            }
            for code in [try await app.code(), codes[0]] {
                let refusal = await #expect(throws: SecondFactorRefusal.self) {
                    try await kernel.checkSecondFactor(of: ada.id, code: code)
                }
                #expect(refusal?.code == "second-factor.locked")
            }
            try await market.database.execute(
                "update second_factor set locked_until = now() - interval '1 second'")
            try await kernel.checkSecondFactor(of: ada.id, code: codes[0])
        }
    }

    @Test func `is turned off with password and code, and not without either`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            let (app, _) = try await turnOn(kernel, ada)

            await #expect(throws: AccountRefusal.passwordWrong) {
                try await kernel.turnOffSecondFactor(
                    of: ada.id, password: "not the password", code: try await app.code())
            }
            await #expect(throws: SecondFactorRefusal.self) {
                try await kernel.turnOffSecondFactor(
                    of: ada.id, password: Self.password, code: "000")
            }
            await #expect(throws: AccountRefusal.passwordWrong) {
                try await kernel.beginSecondFactor(of: ada, password: "not the password")
            }
            #expect(try await kernel.secondFactor(of: ada.id) != nil)
            try await kernel.turnOffSecondFactor(
                of: ada.id, password: Self.password, code: try await app.code())
            try await kernel.checkSecondFactor(of: ada.id, code: nil)
        }
    }

    @Test func `is told of by e-mail and in the trail, and is stored as nobody can read it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            let (app, codes) = try await turnOn(kernel, ada)
            try await kernel.turnOffSecondFactor(
                of: ada.id, password: Self.password, code: codes[0])
            try await market.tellEverybody()
            while try await kernel.writeLetters() {}
            _ = app

            let subjects = try await kernel.mails(PageRequest()).items.map(\.subject)
            #expect(
                Set(subjects) == [
                    "Two-step sign-in is on", "A recovery code was used", "Two-step sign-in is off",
                ])
            let trail = try await kernel.auditTrail(.actor(ada.id), PageRequest()).items
            #expect(trail.map(\.action).contains("account.two-step-off"))
        }
    }

    @Test func `goes along when the key is changed, which is not forgotten before`() async throws {
        let old = [UInt8](repeating: 21, count: 32)
        let new = [UInt8](repeating: 22, count: 32)
        let ring = KeyRing(old)
        try await TestMarketplace.run(settings: { $0.accountKeys = { ring.keys } }) { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            let (app, _) = try await turnOn(kernel, ada)

            ring.set([new, old])
            #expect(try await kernel.isKeyRotationUnfinished())
            await #expect(throws: ProviderRefusal.self) { try await kernel.forgetOldKeys {} }
            #expect(try await kernel.resealNextSecondFactor())
            #expect(try await !kernel.resealNextSecondFactor())
            try await kernel.forgetOldKeys { ring.set([new]) }

            try await kernel.checkSecondFactor(of: ada.id, code: try await app.code())
        }
    }
}

/// Keys as they stand in a file that a process reads.
private final class KeyRing: Sendable {
    private let ring: Mutex<[[UInt8]]>

    init(_ key: [UInt8]) { ring = Mutex([key]) }

    var keys: [[UInt8]] { ring.withLock { $0 } }
    func set(_ keys: [[UInt8]]) { ring.withLock { $0 = keys } }
}
