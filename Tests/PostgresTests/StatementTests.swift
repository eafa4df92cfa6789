import Testing

@_spi(Statements) @testable import Postgres

@Suite struct `Statements` {
    @Test func `a value travels as a parameter and never as text`() async throws {
        try await withDatabase { database in
            let evil = "'; drop table x; --\\ \"$1\" é 漢 🏺\n\t"
            let back = try await database.value("select \(evil)", String.self)
            #expect(back == evil)
        }
    }

    @Test func `values of every type come back as they went`() async throws {
        try await withDatabase { database in
            let rows = try await database.query(
                """
                select \(Int64.max)::bigint, \(Int32.min)::int, \(true), \(false),
                  \(Bytes([0, 255, 10, 92]))::bytea, \(["a,b", "c\"d\\", "NULL", ""])::text[],
                  \([Int64.min, 0])::bigint[], \([String?.none, "x"])::text[], \([Int]())::int[]
                """)
            var column = try #require(rows.first).columns
            #expect(try column.next(Int64.self) == .max)
            #expect(try column.next(Int32.self) == .min)
            #expect(try column.next(Bool.self))
            #expect(try column.next(Bool.self) == false)
            #expect(try column.next(Bytes.self) == Bytes([0, 255, 10, 92]))
            #expect(try column.next([String].self) == ["a,b", "c\"d\\", "NULL", ""])
            #expect(try column.next([Int64].self) == [.min, 0])
            #expect(try column.next([String?].self) == [nil, "x"])
            #expect(try column.next([Int].self) == [])
        }
    }

    @Test func `fragments keep their own parameters in order`() async throws {
        try await withDatabase { database in
            let filter: SQL = "x > \(2) and x < \(5)"
            let sum = try await database.value(
                "select \(10)::int + sum(x)::int from generate_series(1, 9) x where \(filter)",
                Int.self)
            #expect(sum == 17)
        }
    }

    @Test func `NULL is read into an optional only`() async throws {
        try await withDatabase { database in
            let rows = try await database.query(
                "select null::text as note, null::int, \(Int?.none)")
            var column = try #require(rows.first).columns
            #expect(try column.next(String?.self) == nil)
            #expect(try column.next(Int?.self) == nil)
            var again = try #require(rows.first).columns
            let error = #expect(throws: PostgresError.self) { try again.next(String.self) }
            #expect(error?.code == .decoding)
            #expect(error?.message.contains("note") == true)
        }
    }

    @Test func `a column too many is a fault that says so`() async throws {
        try await withDatabase { database in
            var column = try #require(try await database.query("select 1").first).columns
            _ = try column.next(Int.self)
            let error = #expect(throws: PostgresError.self) { try column.next(Int.self) }
            #expect(error?.code == .decoding)
        }
    }

    @Test func `a text with a zero byte is refused before it is sent`() async throws {
        try await withDatabase { database in
            let error = try #require(await database.failure("select \("a\0b")"))
            #expect(error.sqlState == "22021")
        }
    }

    @Test func `an error names its state, its constraint and its statement`() async throws {
        try await withDatabase { database in
            try await database.execute(
                "create table shop (slug text constraint shop_slug_key unique)")
            try await database.execute("insert into shop values ('a')")
            let error = try #require(await database.failure("insert into shop values ('a')"))
            #expect(error.code == .server)
            #expect(error.sqlState == "23505")
            #expect(error.constraint == "shop_slug_key")
            #expect(error.description.contains("insert into shop"))
            // What a person typed must not reach the logs by way of an error.
            #expect(!error.description.contains("(a)"))
        }
    }

    @Test func `a failing statement does not disturb those pipelined beside it`() async throws {
        try await withDatabase({ $0.sharedConnections = 1 }) { database in
            let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        if number % 3 == 0 {
                            let error = await database.failure("select 1 / \(0)::int")
                            return error?.sqlState == "22012"
                        }
                        return try await database.value("select \(number)::int") == number
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 0 : 1) }
            }
            #expect(wrong == 0)
        }
    }

    @Test func `many statements at once share the few connections there are`() async throws {
        try await withDatabase({ $0.sharedConnections = 3 }) { database in
            let sessions = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<500 {
                    group.addTask { try await database.value("select pg_backend_pid()") }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect((1...3).contains(sessions.count))
        }
    }

    @Test func `a statement that cannot be prepared is not remembered`() async throws {
        try await withDatabase({ $0.sharedConnections = 1 }) { database in
            let error = await database.failure("select x from later")
            #expect(error?.sqlState == "42P01")
            try await database.execute("create table later as select 7 as x")
            let value = try await database.value("select x from later", Int.self)
            #expect(value == 7)
        }
    }

    @Test func `a plan that no longer fits its table is made anew`() async throws {
        try await withDatabase({ $0.sharedConnections = 1 }) { database in
            try await database.execute("create table thing as select 1 as a")
            let before = try await database.value("select * from thing", String.self)
            try await database.execute("alter table thing alter a type text using 'one'")
            let after = try await database.value("select * from thing", String.self)
            #expect([before, after] == ["1", "one"])
        }
    }

    @Test func `a session keeps no more statements prepared than it may`() async throws {
        try await withDatabase({
            $0.sharedConnections = 1; $0.statementCacheSize = 8
        }) { database in
            for number in 0..<50 {
                let value = try await database.value(SQL(trusted: "select \(number)"), Int.self)
                #expect(value == number)
            }
            let prepared = try await database.value(
                "select count(*) from pg_prepared_statements", Int.self)
            #expect(prepared <= 8)
        }
    }

    @Test func `what must stand alone does so also when the statement cache is full`() async throws
    {
        try await withDatabase({
            $0.sharedConnections = 1; $0.statementCacheSize = 8
        }) { database in
            for number in 0..<20 { try await database.execute(SQL(trusted: "select \(number)")) }

            try await database.execute("create database stands_alone")
            try await database.execute("drop database stands_alone")
        }
    }

    @Test func `a batch is one implicit transaction`() async throws {
        try await withDatabase { database in
            try await database.execute("create table n (x int primary key)")
            let rows = try await database.batch([
                "insert into n values (1)", "insert into n values (2), (3)",
                "select count(*) from n",
            ])
            #expect(rows.map(\.affected) == [1, 2, 1])
            let error = await failure {
                _ = try await database.batch([
                    "insert into n values (4)", "insert into n values (1)",
                    "insert into n values (5)",
                ])
            }
            #expect(error?.constraint == "n_pkey")
            let count = try await database.value("select count(*) from n", Int.self)
            #expect(count == 3)
            let none = try await database.batch([])
            #expect(none.isEmpty)
        }
    }

    @Test func `sessions speak UTC and ISO dates whatever the server prefers`() async throws {
        try await withDatabase { database in
            let text = try await database.value(
                "select '2026-02-03 04:05:06.789+02'::timestamptz", String.self)
            #expect(text == "2026-02-03 02:05:06.789+00")
        }
    }

    @Test func `a statement that runs past its deadline is cancelled`() async throws {
        try await withDatabase({ $0.statementDeadline = .milliseconds(150) }) { database in
            let began = ContinuousClock.now
            let error = await database.failure("select pg_sleep(60.25)")
            #expect(error?.code == .deadline)
            #expect(ContinuousClock.now - began < .seconds(30))
            let running = try await database.value(
                "select count(*) from pg_stat_activity where query like '%sleep(60.25)' and state = 'active'",
                Int.self)
            #expect(running == 0)
        }
    }

    @Test func `more statements than the bound are refused at once`() async throws {
        try await withDatabase({
            $0.sharedStatementsMax = 20; $0.sharedConnections = 1
        }) { database in
            let codes = await withTaskGroup(of: PostgresError.Code?.self) { group in
                for _ in 0..<30 {
                    group.addTask { await database.failure("select pg_sleep(0.02)")?.code }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == .poolExhausted }.count == 10)
            #expect(codes.filter { $0 == nil }.count == 20)
        }
    }

    @Test func `a cancelled task stops waiting at once and disturbs nobody`() async throws {
        try await withDatabase({ $0.sharedConnections = 1 }) { database in
            try await database.execute("select 1")
            let slow = Task { await database.failure("select pg_sleep(5)") }
            try await Task.sleep(for: .milliseconds(100))
            let began = ContinuousClock.now
            slow.cancel()
            #expect(await slow.value?.code == .cancelled)
            #expect(ContinuousClock.now - began < .seconds(4))
            let value = try await database.value("select 5", Int.self)
            #expect(value == 5)
        }
    }

    @Test func `a closed database refuses and what was under way is finished`() async throws {
        try await withDatabase { database in
            try await database.execute("select 1")
            let running = Task { try await database.value("select 1 from pg_sleep(1.5)", Int.self) }
            try #expect(
                await eventually {
                    try await database.value(
                        """
                        select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event = 'PgSleep'
                        """, Int.self) == 1
                })
            await database.close()
            let value = try await running.value
            #expect(value == 1)
            #expect(await database.failure("select 1")?.code == .closed)
            let error = await failure {
                try await database.transaction { try await $0.execute("select 1") }
            }
            #expect(error?.code == .closed)
        }
    }
}
