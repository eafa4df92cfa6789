import Synchronization
import Testing

@_spi(Statements) @testable import Postgres

@Suite struct `Transactions` {
    @Test func `what the body did is kept when it returns, and undone when it throws`() async throws
    {
        try await withDatabase { database in
            try await database.execute("create table n (x int)")
            try await database.transaction { tx in try await tx.execute("insert into n values (1)")
            }
            await #expect(throws: Enough.self) {
                try await database.transaction { tx in
                    try await tx.execute("insert into n values (2)")
                    throw Enough()
                }
            }
            let sum = try await database.value("select sum(x) from n", Int.self)
            #expect(sum == 1)
        }
    }

    @Test func `a handle that escapes is dead`() async throws {
        try await withDatabase { database in
            let escaped = try await database.transaction { tx in
                try await tx.execute("select 1")
                return tx
            }
            #expect(await escaped.failure("select 1")?.code == .transactionOver)
        }
    }

    @Test func `a swallowed error does not commit the rest in silence`() async throws {
        try await withDatabase { database in
            try await database.execute("create table n (x int)")
            let error = await failure {
                try await database.transaction { tx in
                    try await tx.execute("insert into n values (1)")
                    _ = await tx.failure("select 1 / 0")
                }
            }
            #expect(error?.sqlState == "22012")
            let count = try await database.value("select count(*) from n", Int.self)
            #expect(count == 0)
        }
    }

    @Test func `a savepoint undoes its own statements only`() async throws {
        try await withDatabase { database in
            try await database.execute("create table n (x int primary key)")
            try await database.transaction { tx in
                try await tx.execute("insert into n values (1)")
                let error = await failure {
                    try await tx.savepoint {
                        try await tx.execute("insert into n values (2)")
                        try await tx.execute("insert into n values (1)")
                    }
                }
                #expect(error?.constraint == "n_pkey")
                try await tx.savepoint { try await tx.execute("insert into n values (3)") }
            }
            let kept = try await database.value("select array_agg(x order by x) from n", [Int].self)
            #expect(kept == [1, 3])
        }
    }

    @Test func `the isolation is the one that was asked for`() async throws {
        try await withDatabase { database in
            for isolation in [Isolation.readCommitted, .repeatableRead, .serializable] {
                let level = try await database.transaction(isolation: isolation) { tx in
                    try await tx.value("show transaction_isolation", String.self)
                }
                #expect(level == isolation.rawValue)
            }
        }
    }

    @Test func `statements can leave together with the commit`() async throws {
        try await withDatabase { database in
            try await database.execute("create table n (x int primary key)")
            let rows = try await database.transaction { tx in
                try await tx.commit(after: ["insert into n values (1)", "select 42"])
            }
            #expect(rows.count == 2)
            let error = await failure {
                try await database.transaction { tx in
                    _ = try await tx.commit(after: [
                        "insert into n values (2)", "insert into n values (1)",
                    ])
                }
            }
            #expect(error?.constraint == "n_pkey")
            let count = try await database.value("select count(*) from n", Int.self)
            #expect(count == 1)
        }
    }

    @Test func `what fails at the commit itself is told, undone, and leaves the connection`()
        async throws
    {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.execute(
                "create table n (x int, unique (x) deferrable initially deferred)")
            let backend = { @Sendable in
                try await database.transaction { tx in
                    try await tx.value("select pg_backend_pid()", Int.self)
                }
            }
            let before = try await backend()

            for _ in 0..<2 {
                let error = await failure {
                    try await database.transaction { tx in
                        _ = try await tx.commit(after: [
                            "insert into n values (1)", "insert into n values (1)",
                        ])
                    }
                }
                #expect(error?.sqlState == "23505")
            }

            #expect(try await database.value("select count(*) from n", Int.self) == 0)
            #expect(try await backend() == before)
        }
    }

    @Test func `what is planned once is read in one flush, outside any transaction`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            let rows = try await database.batchPlannedOnce([
                "select 42", "select current_setting('plan_cache_mode')",
            ])
            var columns = try #require(rows.last?.first).columns
            #expect(try columns.next(String.self) == "force_generic_plan")
            let elsewhere = try await database.value(
                "select current_setting('plan_cache_mode')", String.self)
            #expect(elsewhere == "auto")
            let error = await failure { _ = try await database.batchPlannedOnce(["select 1 / 0"]) }
            #expect(error?.sqlState == "22012")
        }
    }

    @Test func `a transaction without statements takes no connection`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            let value = try await database.transaction { _ in
                try await database.transaction { tx in try await tx.value("select 3", Int.self) }
            }
            #expect(value == 3)
        }
    }

    @Test func `a serialization failure runs the body again until it succeeds`() async throws {
        try await withDatabase { database in
            try await database.execute("create table stock as select 1 as id, 0 as units")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await database.transaction(isolation: .serializable) { tx in
                            let units = try await tx.value("select units from stock", Int.self)
                            try await Task.sleep(for: .milliseconds(5))
                            try await tx.execute("update stock set units = \(units + 1)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let units = try await database.value("select units from stock", Int.self)
            #expect(units == 3)
        }
    }

    @Test func `a deadlock runs its victim again`() async throws {
        try await withDatabase { database in
            try await database.execute(
                "create table a as select x, 0 as n from generate_series(1, 2) x")
            let (runs, holders) = (Tally(), Tally())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (first, second) in [(1, 2), (2, 1)] {
                    group.addTask {
                        try await database.transaction { tx in
                            runs.count.withLock { $0 += 1 }
                            try await tx.execute("update a set n = n + 1 where x = \(first)")
                            holders.count.withLock { $0 += 1 }
                            // Each has what the other one wants.
                            try #expect(await eventually { holders.count.withLock { $0 } >= 2 })
                            try await tx.execute("update a set n = n + 1 where x = \(second)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await database.value("select sum(n) from a", Int.self)
            #expect(sum == 4)
            #expect(runs.count.withLock { $0 } >= 3)
        }
    }

    @Test(arguments: ["40001", "40P01", "55P03"])
    func `a body that always collides is run four times and no more`(state: String) async throws {
        try await withDatabase { database in
            let runs = Tally()
            let error = await failure {
                try await database.transaction { tx in
                    runs.count.withLock { $0 += 1 }
                    try await tx.execute(
                        SQL(
                            trusted:
                                "do $$ begin raise exception using errcode = '\(state)'; end $$"))
                }
            }
            #expect(error?.sqlState == state)
            #expect(runs.count.withLock { $0 } == 4)
        }
    }

    @Test func `a lock that is not had in time is given up`() async throws {
        try await withDatabase({ $0.lockDeadline = .milliseconds(30) }) { database in
            try await database.execute("create table one as select 1 as x")
            try await database.transaction { tx in
                try await tx.execute("select x from one for update")
                let error = await failure {
                    try await database.transaction { other in
                        try await other.execute("select x from one for update")
                    }
                }
                #expect(error?.sqlState == "55P03")
            }
        }
    }

    @Test func `cancelling a task ends its statement, its locks and its transaction`() async throws
    {
        try await withDatabase({ $0.transactionConnections = 2 }) { database in
            try await database.execute("create table one as select 1 as x")
            let task = Task {
                try await database.transaction { tx in
                    try await tx.execute("update one set x = 2")
                    try await tx.execute("select pg_sleep(20)")
                }
            }
            let isWaiting = try await eventually {
                try await database.value(
                    "select count(*) from pg_stat_activity where wait_event = 'PgSleep'", Int.self)
                    > 0
            }
            #expect(isWaiting)
            let began = ContinuousClock.now
            task.cancel()
            let error = await failure { try await task.value }
            #expect(error?.code == .cancelled)
            try await database.transaction { tx in try await tx.execute("update one set x = x + 10")
            }
            #expect(ContinuousClock.now - began < .seconds(10))
            let value = try await database.value("select x from one", Int.self)
            #expect(value == 11)
        }
    }

    @Test func `a body that ignores its cancellation does not commit half of its work`()
        async throws
    {
        try await withDatabase { database in
            try await database.execute("create table n (x int)")
            let task = Task {
                try await database.transaction { tx in
                    try await tx.execute("insert into n values (1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                    _ = await tx.failure("insert into n values (2)")
                }
            }
            let error = await failure { try await task.value }
            #expect(error == nil || error?.code == .cancelled)
            let count = try await database.value("select count(*) from n", Int.self)
            #expect(count == (error == nil ? 1 : 0))
        }
    }

    @Test func `a transaction may have a deadline of its own`() async throws {
        try await withDatabase({ $0.statementDeadline = .milliseconds(100) }) { database in
            let value = try await database.transaction(statementDeadline: .seconds(5)) { tx in
                try await tx.value("select 1 from pg_sleep(0.2)", Int.self)
            }
            #expect(value == 1)
            let error = await failure {
                try await database.transaction { tx in try await tx.execute("select pg_sleep(0.3)")
                }
            }
            #expect(error?.code == .deadline)
        }
    }

    @Test func `a script runs all of its commands or none`() async throws {
        try await withDatabase { database in
            try await database.transaction { tx in
                try await tx.run(script: "create table n (x int); insert into n values (1), (2);")
                try await tx.execute("insert into n values (3)")
            }
            let error = await failure {
                try await database.transaction { tx in
                    try await tx.execute("insert into n values (4)")
                    try await tx.run(
                        script: "insert into n values (5); select 1 / 0; drop table n;")
                }
            }
            #expect(error?.sqlState == "22012")
            let sum = try await database.value("select sum(x) from n", Int.self)
            #expect(sum == 6)
        }
    }

    @Test func `closing does not wait for ever for one that never ends`() async throws {
        try await withDatabase({ $0.closeDeadline = .milliseconds(300) }) { database in
            let (beginnings, beginning) = AsyncStream.makeStream(of: Void.self)
            let stuck = Task {
                try await database.transaction { tx in
                    try await tx.execute("select 1")
                    beginning.yield()
                    try await Task.sleep(for: .seconds(3600))
                }
            }
            for await _ in beginnings { break }

            let began = ContinuousClock.now
            await database.close()

            #expect(ContinuousClock.now - began < .seconds(10))
            stuck.cancel()
            await #expect(throws: (any Error).self) { try await stuck.value }
        }
    }
}
