import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct `Doing a request once` {
    private let answer = OnceAnswer(
        status: 201, contentType: "application/json", location: "/orders/1", body: [0, 255, 10])

    private func key(_ body: UInt8 = 1, _ text: String = "k", actor: String = "a") -> OnceKey {
        OnceKey(actor: actor, key: text, fingerprint: [body], route: "POST /orders")
    }

    @Test func `the repeat gets the first answer, byte for byte`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once

            #expect(try await once.begin(key()) == .fresh)
            #expect(try await once.begin(key()) == .inProgress)
            try await once.finish(key(), answer)

            #expect(try await once.begin(key()) == .replay(answer))
        }
    }

    @Test func `the same key with another body is a mismatch, started or finished`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            #expect(try await once.begin(key(1)) == .fresh)

            #expect(try await once.begin(key(2)) == .mismatch)
            try await once.finish(key(1), answer)
            #expect(try await once.begin(key(2)) == .mismatch)
        }
    }

    @Test func `keys of different people never meet`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once

            let one = try await once.begin(key(actor: "a"))
            let other = try await once.begin(key(actor: "b"))

            #expect(one == .fresh && other == .fresh)
        }
    }

    @Test func `of thirty at once exactly one goes ahead`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once

            let claims = try await withThrowingTaskGroup(of: OnceClaim.self) { group in
                for _ in 0..<30 { group.addTask { try await once.begin(key()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(claims.count { $0 == .fresh } == 1)
            #expect(claims.count { $0 == .inProgress } == 29)
        }
    }

    @Test func `what was abandoned or left by a dead process may be tried again`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            #expect(try await once.begin(key()) == .fresh)
            try await once.abandon(key())
            #expect(try await once.begin(key()) == .fresh)

            try await market.database.execute(
                "update idempotency_key set locked_until = now() - interval '1 second'")

            #expect(try await once.begin(key(2)) == .mismatch)
            #expect(try await once.begin(key()) == .fresh)
        }
    }

    @Test func `answers are forgotten after a week`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            _ = try await once.begin(key(1, "old"))
            try await market.database.execute(
                "update idempotency_key set created_at = now() - interval '8 days'")
            _ = try await once.begin(key(1, "new"))

            try await once.sweep()

            let kept = try await market.database.query("select key from idempotency_key")
            #expect(try kept.decode { c in try c.next(String.self) } == ["new"])
        }
    }
}
