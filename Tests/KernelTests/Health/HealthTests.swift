@testable import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `How the market is` {
    private func facts(_ market: TestMarketplace) async throws -> HealthFacts {
        try await market.marketplace.healthFacts(redisMilliseconds: 1)
    }

    private func bad(_ findings: [HealthFinding], _ area: HealthFinding.Area) -> [String] {
        findings.filter { $0.area == area && $0.state == .bad }.map(\.name)
    }

    /// Rows as processes leave them, heard of so many seconds ago.
    private func beat(_ market: TestMarketplace, _ names: [String], ago: Int = 0) async throws {
        for name in names {
            try await market.database.execute(
                """
                insert into process_beat (machine, name, pid, started_at, seen_at)
                values ('here', \(name), 1, now(), clock_timestamp()
                    - \(ago)::int * interval '1 second')
                on conflict (machine, name) do update set seen_at = excluded.seen_at
                """)
        }
    }

    private static let all = ["storefront", "storefront-2", "seller", "admin", "worker"]

    @Test func `is good while everybody is heard of, and says who is not`() async throws {
        try await TestMarketplace.run { market in
            #expect(
                bad(try await facts(market).findings, .processes)
                    == ["storefront", "seller", "admin", "worker"])

            try await beat(market, Self.all)
            let well = try await facts(market).findings
            #expect(bad(well, .processes).isEmpty)

            try await beat(market, ["storefront-2"], ago: 30)
            let late = try await facts(market).findings
            #expect(late.first { $0.name == "storefront-2 on here" }?.state == .slow)

            try await beat(market, ["worker"], ago: 90)
            let gone = try await facts(market).findings
            #expect(bad(gone, .processes) == ["worker", "worker on here"])
            #expect(HealthFacts.state(of: gone) == .bad)
            #expect(gone.allSatisfy { $0.state == .good || $0.advice != nil })
        }
    }

    @Test func `hears of a process that lives, and of one that was stopped in order`() async throws
    {
        try await TestMarketplace.run { market in
            let beating = Task {
                await market.marketplace.keepBeating(as: "worker", on: "here", pid: 7)
            }
            for _ in 0..<500 where try await facts(market).processes.isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await facts(market).processes.map(\.pid) == [7])
            #expect(try await !bad(facts(market).findings, .processes).contains("worker"))
            beating.cancel()
            await beating.value

            await market.marketplace.stopBeating(as: "worker", on: "here", pid: 8)
            #expect(try await facts(market).processes.first?.stoppedAt == nil)
            await market.marketplace.stopBeating(as: "worker", on: "here", pid: 7)

            let findings = try await facts(market).findings
            #expect(bad(findings, .processes).contains("worker"))
            #expect(findings.first { $0.name == "worker on here" }?.state == .good)
        }
    }

    @Test func `tells how long something waits, and what was given up`() async throws {
        try await TestMarketplace.run { market in
            func state(_ name: String) async throws -> HealthFinding.State? {
                try await facts(market).findings.first { $0.name == name }?.state
            }
            #expect(try await state("Due jobs") == .good)
            #expect(try await state("Given up") == .good)
            #expect(try await state("Letters") == .good)

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

            #expect(try await state("Lane default") == .slow)
            #expect(try await state("Given up") == .slow)
            #expect(try await state("Letters") == .bad)
        }
    }

    @Test func `tells that books or seals do not fit, and when they were last looked at`()
        async throws
    {
        try await TestMarketplace.run { market in
            #expect(
                try await facts(market).findings.first { $0.area == .books }?.says
                    == "It was never recomputed.")
            try await market.database.audit.record("a.b", on: "c", "1", by: nil)
            try await market.seal()
            try await market.marketplace.recordVerification()
            let well = try await facts(market).findings
            #expect(bad(well, .books).isEmpty && bad(well, .seals).isEmpty)
            #expect(well.first { $0.name == "The trail's seals" }?.says == "Every row is sealed.")

            try await market.storage.tamper(["update audit_log set reason = 'x' where id = 1"])
            try await market.marketplace.recordVerification()

            #expect(bad(try await facts(market).findings, .seals) == ["The trail's seals"])
        }
    }

    @Test func `is judged by these limits`() {
        func state(_ milliseconds: Int64) -> HealthFinding.State {
            HealthFinding(
                .database, "x", milliseconds, slowOver: 50, badOver: 500, "y", "z"
            ).state
        }
        #expect([0, 50, 51, 500, 501].map(state) == [.good, .good, .slow, .slow, .bad])
        #expect(HealthFinding.State.good < .slow && HealthFinding.State.slow < .bad)
        #expect(HealthFacts.state(of: []) == .good)
    }
}
