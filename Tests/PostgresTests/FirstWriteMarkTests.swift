import Testing

@testable import Postgres

/// Whoever repeats a request must know whether the first one changed anything.
@Suite struct `A mark on the first change` {
    private static let statement: SQL =
        "update mark set times = times + 1 where pg_current_xact_id_if_assigned() is not null"

    private func marking(
        _ body: @Sendable (Database, FirstWriteMark) async throws -> Void
    ) async throws {
        try await withDatabase { database in
            try await database.execute("create table n (x int primary key)")
            try await database.execute("create table mark (times int)")
            try await database.execute("insert into mark values (0)")
            let mark = FirstWriteMark(Self.statement)
            try await FirstWriteMark.$current.withValue(mark) { try await body(database, mark) }
        }
    }

    private func times(_ database: Database) async throws -> Int {
        try await FirstWriteMark.$current.withValue(nil) {
            try await database.value("select times from mark", Int.self)
        }
    }

    @Test func `is not made by what only reads, in a transaction or alone`() async throws {
        try await marking { database, mark in
            let rows = try await database.batch(["select 1", "select 2"])
            let one = try await database.value("select 3", Int.self)
            try await database.transaction { tx in try await tx.execute("select 1") }
            let last = try await database.transaction { tx in
                try await tx.commit(after: ["select 4"])
            }
            try await database.transaction { _ in }

            #expect(rows.count == 2 && one == 3 && last.count == 1)
            #expect(!mark.isMade)
            let made = try await times(database)
            #expect(made == 0)
        }
    }

    @Test(arguments: 0..<6)
    func `is made by a change, however it is sent, and by the first one only`(way: Int)
        async throws
    {
        try await marking { database, mark in
            try await database.transaction { tx in
                switch way {
                case 0: try await tx.execute("insert into n values (1)")
                case 1: _ = try await tx.commit(after: ["insert into n values (1)", "select 1"])
                case 2:
                    try await tx.execute("insert into n values (1)")
                    _ = try await tx.commit(after: ["select 1"])
                default: break
                }
            }
            switch way {
            case 3: #expect(try await database.execute("insert into n values (1)") == 1)
            case 4:
                let rows = try await database.batch(["insert into n values (1)", "select 1"])
                #expect(rows.map(\.affected) == [1, 1])
            case 5:
                let rows = try await database.batchPlannedOnce(["insert into n values (1)"])
                #expect(rows.map(\.affected) == [1])
            default: break
            }
            #expect(mark.isMade)

            try await database.execute("insert into n values (2)")
            try await database.transaction { tx in try await tx.execute("insert into n values (3)")
            }

            let made = try await times(database)
            #expect(made == 1)
        }
    }

    @Test func `is taken back with the change`() async throws {
        try await marking { database, mark in
            await #expect(throws: Enough.self) {
                try await database.transaction { tx in
                    try await tx.execute("insert into n values (1)")
                    throw Enough()
                }
            }
            _ = await failure {
                try await database.transaction { tx in
                    try await tx.commit(after: ["insert into n values (1)", "select 1 / 0"])
                }
            }
            _ = await database.failure("insert into n values (1), (1)")

            #expect(!mark.isMade)
            let made = try await times(database)
            #expect(made == 0)
        }
    }

    @Test func `is made by one of many tasks at once at least, and by none without it`()
        async throws
    {
        try await marking { database, mark in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for x in 1...8 {
                    group.addTask { try await database.execute("insert into n values (\(x))") }
                }
                try await group.waitForAll()
            }
            #expect(mark.isMade)
            let made = try await times(database)
            #expect(made >= 1)
        }
    }
}
