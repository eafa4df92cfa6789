import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `How the market is` {
    @Test func `tells how long something waits, and what was given up`() async throws {
        try await TestMarketplace.run { market in
            func state(_ name: String) async throws -> HealthFinding.State? {
                try await market.health().first { $0.name == name }?.state
            }
            #expect(try await state("Due jobs") == .good)
            #expect(try await state("Given up") == .good)
            #expect(try await state("Letters") == .good)
            #expect(try await state("Webhooks failed") == .good)

            _ = try await market.database.batch([
                "insert into job (kind, run_at) values ('a.b', now() - interval '2 minutes')",
                """
                insert into job (kind, state, error, finished_at)
                values ('a.c', 'dead', 'it broke', now())
                """,
                """
                insert into mail (id, topic, recipient, subject, body, message, state, next_at)
                values (\(ID<Mail>()), 'a.b', 'ada@example.test', 'a', 'b', 'c', 'waiting',
                    now() - interval '2 hours')
                """,
            ])

            #expect(try await state("Lane default") == .warning)
            #expect(try await state("Given up") == .warning)
            #expect(try await state("Letters") == .bad)
            let given = try await market.health().first { $0.name == "Given up" }
            #expect(given?.says == "1 job was given up.")
            #expect(given?.advice?.contains("run them again") == true)
        }
    }

    @Test func `tells that books or seals do not fit, and when they were last looked at`()
        async throws
    {
        try await TestMarketplace.run { market in
            func books() async throws -> HealthFinding? {
                try await market.health().first { $0.area == .books }
            }
            #expect(try await books()?.says == "It was never recomputed.")
            try await market.database.audit.record("a.b", on: "c", "1", by: nil)
            #expect(
                try await market.health().first { $0.name == "The trail's seals" }?.says
                    .contains("without a seal") == true)
            try await market.seal()
            try await market.marketplace.recordVerification()
            #expect(try await books()?.state == .good)
            #expect(try await market.bad(.seals).isEmpty)
            #expect(
                try await market.health().first { $0.name == "The trail's seals" }?.says
                    == "Every row is sealed.")

            try await market.storage.tamper(["update audit_log set reason = 'x' where id = 1"])
            try await market.marketplace.recordVerification()

            #expect(try await market.bad(.seals) == ["The trail's seals"])
        }
    }

    @Test func `tells how full server and disk are, and that Redis is away`() async throws {
        try await TestMarketplace.run { market in
            let facts = try await market.marketplace.healthFacts(redisMilliseconds: nil)

            let sessions = try #require(facts.sessions)
            #expect(sessions.open > 0 && sessions.max >= sessions.open)
            #expect((facts.mediaRoom?.allBytes ?? 0) > 0)
            let redis = facts.findings.first { $0.area == .redis }
            #expect(redis?.state == .bad)
            #expect(redis?.says == "It did not answer.")
        }
    }

    /// What is not known is not called good.
    @Test func `says so when the database does not answer in time`() {
        var facts = HealthFacts()
        facts.isWhole = false

        let findings = facts.findings

        #expect(findings.first { $0.name == "PostgreSQL" }?.state == .bad)
        #expect(!findings.contains { $0.area == .jobs || $0.area == .books })
    }

    @Test func `is judged by these limits`() {
        func state(_ milliseconds: Int64) -> HealthFinding.State {
            HealthFinding(
                .database, "x", milliseconds, warnOver: 50, badOver: 500, "y", "z"
            ).state
        }
        #expect([0, 50, 51, 500, 501].map(state) == [.good, .good, .warning, .warning, .bad])
        #expect(HealthFinding.State.good < .warning && HealthFinding.State.warning < .bad)
        #expect(HealthFacts.state(of: []) == .good)
        #expect(
            [119, 120, 7199, 7500, 172_800].map { Int64($0).asSpan }
                == ["119 s", "2 min", "119 min", "2 h 5 min", "2 days"])
    }

    private func room(free: Int64) -> HealthFinding.State? {
        var facts = HealthFacts()
        facts.mediaRoom = HealthFacts.Room(freeBytes: free, allBytes: 100_000_000_000)
        return facts.findings.first { $0.area == .disk }?.state
    }

    @Test func `warns before the disk is full`() {
        #expect(room(free: 50_000_000_000) == .good)
        #expect(room(free: 4_000_000_000) == .warning)
        #expect(room(free: 100_000_000) == .bad)
        #expect(HealthFacts().findings.first { $0.area == .disk }?.state == .warning)
    }
}

extension TestMarketplace {
    func health() async throws -> [HealthFinding] {
        try await marketplace.healthFacts(redisMilliseconds: 1).findings
    }

    func bad(_ area: HealthFinding.Area) async throws -> [String] {
        try await health().filter { $0.area == area && $0.state == .bad }.map(\.name)
    }
}
