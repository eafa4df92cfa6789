import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

/// The processes of an app count together, in Redis.
@Suite struct `Guesses that several processes hear` {
    private static func process(_ app: String, redis: Bool = true) -> RateLimiter {
        var limits = RateLimits()
        limits.signIn = .init(20, per: 300)
        limits.password = .init(20, per: 300)
        return RateLimiter(
            redis: redis ? TestWeb.redis : TestWeb.noRedis, limits: limits, app: app)
    }

    /// No process takes some of them in advance, of which it would refuse or allow too many.
    @Test(arguments: [RateClass.signIn, .password])
    func `are counted one by one: as many as the limit, wherever they come`(
        _ limit: RateClass
    ) async throws {
        let app = "test-\(ID<Account>())"
        let (first, second) = (Self.process(app), Self.process(app))

        try await first.take(limit, "somebody")
        for _ in 1..<20 { try await second.take(limit, "somebody") }

        for process in [first, second] {
            await #expect {
                try await process.take(limit, "somebody")
            } throws: { error in
                if case .tooManyRequests? = error as? WebRefusal { true } else { false }
            }
        }
        try await first.take(limit, "somebody else")
    }

    @Test(arguments: [RateClass.signIn, .password])
    func `are refused while nobody can count them, as looking at things is not`(
        _ limit: RateClass
    ) async throws {
        let alone = Self.process("test-\(ID<Account>())", redis: false)

        await #expect {
            try await alone.take(limit, "somebody")
        } throws: { error in
            if case .sessionsUnavailable? = error as? WebRefusal { true } else { false }
        }
        try await alone.take(.read, "somebody")
    }
}
