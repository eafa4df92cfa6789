import Testing

@testable import Postgres

@Suite struct `Copying` {
    @Test func `whatever a text holds arrives as it was`() async throws {
        try await withDatabase { database in
            let texts: [String?] = [
                "plain", "", nil, "\\N", "\\.", "a\tb\nc\rd\\e", "é漢🏺", "\\\\t",
            ]
            try await database.transaction { tx in
                try await tx.execute("create table note (n int, body text)")
                let count = try await tx.copy(
                    into: "note", columns: "n, body",
                    rows: texts.enumerated().map { ["\($0.offset)", $0.element] })
                #expect(count == texts.count)
            }
            let back = try await database.query("select body from note order by n")
                .decode { try $0.next(String?.self) }
            #expect(back == texts)
        }
    }

    @Test func `a hundred thousand rows go through in bounded memory`() async throws {
        try await withDatabase({ $0.statementDeadline = .seconds(120) }) { database in
            let count = try await database.transaction { tx in
                try await tx.execute("create table big (n int, body text)")
                return try await tx.copy(
                    into: "big", columns: "n, body",
                    rows: (0..<100_000).lazy.map { ["\($0)", "row number \($0)"] })
            }
            #expect(count == 100_000)
            let sum = try await database.value("select sum(n) from big", Int.self)
            #expect(sum == 4_999_950_000)
        }
    }

    @Test func `a row that does not fit undoes all of them and says why`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.execute("create table n (x int)")
            let error = await failure {
                try await database.transaction { tx in
                    try await tx.copy(into: "n", columns: "x", rows: [["1"], ["two"], ["3"]])
                }
            }
            #expect(error?.sqlState == "22P02")
            let count = try await database.transaction { tx in
                try await tx.value("select count(*) from n", Int.self)
            }
            #expect(count == 0)
        }
    }

    @Test func `a copy into nowhere fails as a statement does`() async throws {
        try await withDatabase { database in
            let error = await failure {
                try await database.transaction { tx in
                    try await tx.copy(into: "nowhere", columns: "x", rows: [["1"]])
                }
            }
            #expect(error?.sqlState == "42P01")
        }
    }

    @Test func `a cancelled copy leaves nothing behind and its connection usable`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.execute("create table n (x int)")
            let task = Task {
                try await database.transaction { tx in
                    try await tx.copy(into: "n", columns: "x", rows: Endless())
                }
            }
            try await Task.sleep(for: .milliseconds(150))
            task.cancel()
            let error = await failure { _ = try await task.value }
            #expect(error?.code == .cancelled)
            let count = try await database.transaction { tx in
                try await tx.value("select count(*) from n", Int.self)
            }
            #expect(count == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a copy that a cancelled task begins does not wait for ever`() async throws {
        try await withDatabase({ $0.transactionConnections = 1 }) { database in
            try await database.execute("create table n (x int)")
            let task = Task {
                try await database.transaction { tx in
                    try await tx.execute("insert into n values (1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await tx.copy(into: "n", columns: "x", rows: [["2"]])
                }
            }
            let error = await failure { _ = try await task.value }
            #expect(error?.code == .cancelled)
            let count = try await database.value("select count(*) from n", Int.self)
            #expect(count == 0)
        }
    }

    struct Endless: Sequence, IteratorProtocol, Sendable {
        mutating func next() -> [String?]? { ["1"] }
    }
}
