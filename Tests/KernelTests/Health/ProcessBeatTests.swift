import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `The processes of a market` {
    private static let all = ["storefront", "storefront-2", "seller", "admin", "worker"]

    /// Rows as processes leave them: begun so many seconds ago, and heard of so many ago.
    private func beat(
        _ market: TestMarketplace, _ names: [String], begun: Int = 600, heard: Int = 0,
        pid: Int = 1, build: String = "m0001", holding: [ID<ProviderInstance>] = []
    ) async throws {
        for name in names {
            try await market.database.execute(
                """
                insert into process_beat (machine, name, pid, started_at, build, first_seen_at,
                    seen_at, held_back)
                values ('here', \(name), \(pid), now() - \(begun)::int * interval '1 second',
                    \(build), now() - \(begun)::int * interval '1 second',
                    now() - \(heard)::int * interval '1 second', \(holding)::uuid[])
                """)
        }
    }

    private func named(_ market: TestMarketplace, _ name: String) async throws -> HealthFinding? {
        try await market.health().first { $0.area == .processes && $0.name == name }
    }

    @Test func `are missed by their kind when none of it lives`() async throws {
        try await TestMarketplace.run { market in
            #expect(
                try await market.bad(.processes) == ["storefront", "seller", "admin", "worker"])

            try await beat(market, Self.all)

            #expect(try await market.bad(.processes).isEmpty)
        }
    }

    @Test func `are named when they fall silent, first as late and then as dead`() async throws {
        try await TestMarketplace.run { market in
            try await beat(market, ["storefront", "seller", "admin", "worker"])
            try await beat(market, ["storefront-2"], heard: 16)
            let late = try await named(market, "storefront-2 on here")
            #expect(late?.state == .warning)
            #expect(late?.says == "Process 1 was not heard of for 16 s.")

            try await market.database.execute(
                """
                update process_beat set seen_at = now() - interval '46 seconds'
                where name = 'worker'
                """)

            #expect(try await market.bad(.processes) == ["worker", "worker on here"])
            let advised = try await market.health().allSatisfy {
                $0.state == .good || $0.advice != nil
            }
            #expect(advised)
        }
    }

    @Test func `say it for an hour when one was killed and started again`() async throws {
        try await TestMarketplace.run { market in
            try await beat(market, ["storefront", "seller", "admin"])
            try await beat(market, ["worker"], begun: 600, heard: 100, pid: 1)
            try await beat(market, ["worker"], begun: 95, heard: 60, pid: 2)
            try await beat(market, ["worker"], begun: 50, pid: 3)

            let killed = try await named(market, "worker on here")
            #expect(killed?.state == .warning)
            #expect(killed?.says.hasPrefix("2 before it died in the last hour. Process 3") == true)
            #expect(try await market.bad(.processes).isEmpty)

            try await market.database.execute(
                """
                update process_beat set seen_at = seen_at - interval '1 hour',
                    first_seen_at = first_seen_at - interval '1 hour'
                where pid < 3
                """)
            #expect(try await named(market, "worker on here")?.state == .good)
        }
    }

    @Test func `that one machine lost are not made good by the same on another`() async throws {
        try await TestMarketplace.run { market in
            try await beat(market, Self.all)
            try await market.database.execute(
                """
                insert into process_beat (machine, name, pid, started_at, build, first_seen_at,
                    seen_at)
                values ('there', 'worker', 9, now() - interval '1 hour', 'm0001',
                    now() - interval '1 hour', now() - interval '60 seconds')
                """)

            #expect(try await market.bad(.processes) == ["worker on there"])
        }
    }

    @Test func `say when they run different programs`() async throws {
        try await TestMarketplace.run { market in
            try await beat(market, ["storefront", "seller", "admin"], build: "m0001 of today")
            #expect(try await named(market, "Versions") == nil)

            try await beat(market, ["worker"], build: "m0001 of yesterday")

            let versions = try await named(market, "Versions")
            #expect(versions?.state == .warning)
            #expect(versions?.says.contains("m0001 of yesterday: worker") == true)
        }
    }

    @Test func `say which provider they ask nothing at present`() async throws {
        try await TestMarketplace.run { market in
            let id = try await market.given.instance()
            try await beat(market, ["worker"], holding: [id])

            let finding = try await market.health().first { $0.provider == id }

            #expect(finding?.state == .bad)
            #expect(finding?.says.contains("worker ask it one call at a time") == true)
            try await market.database.execute("update process_beat set held_back = '{}'")
            #expect(try await market.health().first { $0.provider == id }?.state == .good)
        }
    }

    @Test func `are heard of while they live, and not missed when they were stopped in order`()
        async throws
    {
        try await TestMarketplace.run { market in
            let worker = ProcessIdentity(
                machine: "here", name: "worker", pid: 7, startedAt: .systemNow, build: "m0001")
            let beating = Task { await market.marketplace.keepBeating(as: worker) }
            for _ in 0..<6000 {
                if try await named(market, "worker on here") != nil { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            let found = try await market.marketplace.healthFacts(redisMilliseconds: 1).processes
            #expect(found.map(\.process) == [worker])
            #expect((found.first?.vitals.connectionsMax ?? 0) > 0)
            #expect(try await !market.bad(.processes).contains("worker"))
            beating.cancel()
            await beating.value

            await market.marketplace.stopBeating(as: worker)

            #expect(try await market.bad(.processes).contains("worker"))
            #expect(try await named(market, "worker on here")?.state == .good)
        }
    }

    @Test func `say how long a transaction of theirs has been open`() async throws {
        try await TestMarketplace.run { market in
            #expect(await market.database.load().oldest == .zero)
            try await market.database.transaction { tx in
                try await tx.execute("select 1")
                try await Task.sleep(for: .milliseconds(200))
                let load = await market.database.load()
                #expect(load.taken == 1)
                #expect(load.oldest >= .milliseconds(20))
            }
            try await beat(market, ["worker"])
            try await market.database.execute("update process_beat set pool_oldest = 61")
            #expect(try await named(market, "worker on here")?.state == .warning)

            try await market.database.execute(
                "update process_beat set pool_oldest = 0, pool_waiting = 51")

            let full = try await named(market, "worker on here")
            #expect(full?.state == .bad)
            #expect(full?.says.hasPrefix("51 transactions wait for a connection.") == true)
        }
    }

    @Test func `are forgotten after a day, and after ten lives`() async throws {
        try await TestMarketplace.run { market in
            for life in 1...15 {
                try await beat(market, ["worker"], begun: 10_000 - life, heard: 5000, pid: life)
            }
            try await beat(market, ["seller"], begun: 200_000, heard: 90_000)
            let worker = ProcessIdentity(
                machine: "here", name: "worker", pid: 99, startedAt: .systemNow, build: "m0001")

            try await market.database.health.beat(worker, ProcessVitals())
            try await market.database.health.forgetLives(of: worker)
            _ = try await market.database.health.sweep()

            let left = try await market.database.query(
                "select pid from process_beat order by started_at desc"
            ).decode { c in try c.next(Int.self) }
            #expect(left == [99] + (7...15).reversed())
        }
    }
}
