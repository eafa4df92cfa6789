import Synchronization
import Testing

@_spi(Statements) @testable import Postgres

/// More transactions than connections.
@Suite struct `A full pool` {
    @Test func `refuses by its deadline, and at once when too many wait`() async throws {
        let deadline = Duration.seconds(2)
        try await withDatabase({
            $0.transactionConnections = 1
            $0.waitersMax = 2
            $0.waitDeadline = deadline
        }) { database in
            let isConnected = try await eventually {
                await failure {
                    try await database.transaction { try await $0.execute("select 1") }
                }
                    == nil
            }
            #expect(isConnected)
            let refusals = try await database.transaction { tx in
                try await tx.execute("select 1")
                return await withTaskGroup(of: (PostgresError?, Duration).self) { group in
                    for _ in 0..<5 {
                        group.addTask {
                            let began = ContinuousClock.now
                            let error = await failure {
                                try await database.transaction { try await $0.execute("select 1") }
                            }
                            return (error, ContinuousClock.now - began)
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(refusals.allSatisfy { $0.0?.code == .poolExhausted })
            // In the order in which they came: three at once, then the two who might wait.
            let (atOnce, byDeadline) = (refusals.prefix(3), refusals.suffix(2))
            #expect(atOnce.allSatisfy { $0.0?.message == "2 transactions are waiting" })
            #expect(atOnce.allSatisfy { $0.1 < deadline })
            #expect(byDeadline.allSatisfy { $0.0?.message == "no connection came free in time" })
            #expect(byDeadline.allSatisfy { $0.1 >= deadline && $0.1 < deadline * 5 })
            let value = try await database.transaction { try await $0.value("select 1", Int.self) }
            #expect(value == 1)
        }
    }

    @Test func `serves those who wait in order of arrival`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.execute("create table arrival (n serial, who int)")
            let queue = Tally()
            async let held = database.transaction { tx in
                try await tx.execute("select 1")
                return try await eventually { queue.count.withLock { $0 == 10 } }
            }
            let isHeld = try await eventually { await database.load().taken == 1 }
            #expect(isHeld)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for who in 0..<10 {
                    group.addTask {
                        try await database.transaction { tx in
                            try await tx.execute("insert into arrival (who) values (\(who))")
                            return
                        }
                    }
                    let hasArrived = try await eventually {
                        await database.load().waiting == who + 1
                    }
                    #expect(hasArrived)
                    queue.count.withLock { $0 += 1 }
                }
                try await group.waitForAll()
            }
            let sawAll = try await held
            #expect(sawAll)
            let order = try await database.value(
                "select array_agg(who order by n) from arrival", [Int].self)
            #expect(order == Array(0..<10))
        }
    }
}
