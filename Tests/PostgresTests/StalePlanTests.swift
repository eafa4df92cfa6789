import Synchronization
import Testing

@_spi(Statements) @testable import Postgres

/// What was prepared while a table was another one.
@Suite struct `A plan that no longer fits` {
    private static let change: SQL = "alter table thing alter a type text using 'one'"

    /// Runs the body on `count` connections at the same time, so that each has its statements.
    private func warm(
        _ database: Database, _ count: Int,
        _ body: @Sendable @escaping (Transaction) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await database.transaction { tx in
                        try await body(tx)
                        try await tx.execute("select pg_sleep(0.2)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test
    func `costs a transaction one more run, however many statements and connections have one`()
        async throws
    {
        try await withDatabase({ $0.transactionConnections = 6 }) { database in
            try await database.execute("create table thing as select 1 as a")
            let statements: [SQL] = (0..<6).map { SQL(trusted: "select *, \($0) as n from thing") }
            try await warm(database, 6) { tx in
                for statement in statements { _ = try await tx.query(statement) }
            }
            try await database.execute(Self.change)
            let runs = Tally()

            for _ in 0..<8 {
                let found = try await database.transaction { tx in
                    runs.count.withLock { $0 += 1 }
                    var found: [String] = []
                    for statement in statements {
                        found.append(try await tx.value(statement, String.self))
                    }
                    return found
                }
                #expect(found == Array(repeating: "one", count: 6))
            }

            #expect(runs.count.withLock { $0 } == 9)
        }
    }

    @Test func `is no matter for transactions that run at the same time`() async throws {
        try await withDatabase({ $0.transactionConnections = 6 }) { database in
            try await database.execute("create table thing as select 1 as a")
            try await warm(database, 6) { tx in _ = try await tx.query("select * from thing") }
            try await database.execute(Self.change)

            let found = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        try await database.transaction { tx in
                            try await tx.value("select * from thing", String.self)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(found == Array(repeating: "one", count: 12))
        }
    }

    @Test func `is no matter for what leaves together with the commit`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.execute("create table thing as select 1 as a")
            let read: @Sendable () async throws -> Int = {
                try await database.transaction { tx in
                    try await tx.commit(after: [
                        "update thing set a = a", "select * from thing",
                    ]).last?.count ?? 0
                }
            }
            _ = try await read()
            try await database.execute(Self.change)

            #expect(try await read() == 1)
        }
    }

    @Test func `is no matter inside a savepoint`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.execute("create table thing as select 1 as a")
            let read: @Sendable () async throws -> String = {
                try await database.transaction { tx in
                    try await tx.savepoint {
                        try await tx.value("select * from thing", String.self)
                    }
                }
            }
            #expect(try await read() == "1")
            try await database.execute(Self.change)

            #expect(try await read() == "one")
        }
    }

    @Test func `is no matter for single statements that leave in one flush`() async throws {
        try await withDatabase({ $0.sharedConnections = 1 }) { database in
            try await database.execute("create table thing as select 1 as a")
            let statements: [SQL] = [
                "select * from thing", "select a.* from thing a", "select b.* from thing b",
            ]
            _ = try await database.batch(statements)
            try await database.execute(Self.change)

            let found = try await database.batch(statements).map { rows in
                try rows.decode { c in try c.next(String.self) }
            }

            #expect(found == [["one"], ["one"], ["one"]])
        }
    }

    @Test func `or is gone altogether, like all the session had, is made anew`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.transaction { tx in
                _ = try await tx.value("select 1", Int.self)
                try await tx.run(script: "deallocate all")
            }

            let value = try await database.transaction { tx in
                try await tx.value("select 1", Int.self)
            }

            #expect(value == 1)
        }
    }

    @Test func `does not run a second time what is committed`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.execute("create table thing as select 1 as a")
            try await warm(database, 1) { tx in _ = try await tx.query("select * from thing") }
            try await database.execute(Self.change)
            try await database.execute("create table n (x int)")

            await #expect(throws: Enough.self) {
                try await database.transaction { tx in
                    _ = await failure {
                        try await tx.savepoint { _ = try await tx.query("select * from thing") }
                    }
                    _ = try await tx.commit(after: ["insert into n values (1)"])
                    throw Enough()
                }
            }

            #expect(try await database.value("select count(*) from n", Int.self) == 1)
        }
    }

    /// Behind a pooler the session may not have what the driver lets go of to make room.
    @Test func `does not run a second time what stands behind one that is let go`() async throws {
        try await withDatabase({
            $0.statementCacheSize = 1
            $0.sharedConnections = 1
        }) { database in
            try await database.execute("create table thing (a integer)")
            _ = try? await database.query("deallocate all")
            _ = try? await database.execute("insert into thing values (1)")
            let found = try await database.query("select a from thing order by a")
                .decode { c in try c.next(Int.self) }
            #expect(found == [1])
        }
    }

    @Test func `is not what PostgreSQL cannot do at all, which is told at once`() async throws {
        try await withDatabase { database in
            let runs = Tally()
            let error = await failure {
                try await database.transaction { tx in
                    runs.count.withLock { $0 += 1 }
                    try await tx.execute(
                        "do $$ begin raise exception using errcode = '0A000'; end $$")
                }
            }
            #expect(error?.sqlState == "0A000")
            #expect(runs.count.withLock { $0 } == 1)
        }
    }
}
