import Testing

@testable import Postgres

@Suite struct `Listening` {
    @Test func `what is notified at commit is heard, and what is rolled back is not`() async throws
    {
        try await withDatabase { database in
            var events = database.listen(to: "odd \"name\"").makeAsyncIterator()
            #expect(await events.next() == .reconnected)
            await #expect(throws: Enough.self) {
                try await database.transaction { tx in
                    try await tx.execute("select pg_notify('odd \"name\"', 'never')")
                    throw Enough()
                }
            }
            try await database.execute("select pg_notify('odd \"name\"', \("é 1"))")
            #expect(await events.next() == .notified(payload: "é 1"))
        }
    }

    @Test func `several readers of several channels share one connection`() async throws {
        try await withDatabase({ $0.applicationName = "listeners" }) { database in
            var a = database.listen(to: "a").makeAsyncIterator()
            var again = database.listen(to: "a").makeAsyncIterator()
            var b = database.listen(to: "b").makeAsyncIterator()
            #expect(await a.next() == .reconnected)
            #expect(await again.next() == .reconnected)
            #expect(await b.next() == .reconnected)
            _ = try await database.batch(["notify a, 'x'", "notify b, 'y'"])
            #expect(await a.next() == .notified(payload: "x"))
            #expect(await again.next() == .notified(payload: "x"))
            #expect(await b.next() == .notified(payload: "y"))
            let listening = try await database.value(
                """
                select count(*) from pg_stat_activity where application_name = 'listeners'
                    and (query like 'listen%' or query = 'select 1')
                """, Int.self)
            #expect(listening == 1)
        }
    }

    @Test func `a reader who falls behind is told to read the state again`() async throws {
        try await withDatabase { database in
            let events = database.listen(to: "busy")
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .reconnected)
            var last = database.listen(to: "after").makeAsyncIterator()
            #expect(await last.next() == .reconnected)
            try await database.execute(
                "select pg_notify('busy', x::text) from generate_series(1, 2000) x")
            // One connection hears of both, in their order.
            try await database.execute("select pg_notify('after', '')")
            #expect(await last.next() == .notified(payload: ""))
            await database.close()
            var rest: [ChannelEvent] = []
            while let event = await iterator.next() { rest.append(event) }
            #expect(rest.count <= 600)
            #expect(rest.contains(.reconnected))
        }
    }

    @Test func `a reader hears on after the server came back`() async throws {
        try await withServer { database, server in
            var events = database.listen(to: "c").makeAsyncIterator()
            #expect(await events.next() == .reconnected)
            try await server.crash()
            try await server.start()
            #expect(await events.next() == .reconnected)
            try await database.execute("notify c, 'back'")
            #expect(await events.next() == .notified(payload: "back"))
        }
    }

    @Test func `what was heard is known to be complete only while the server answers`() async throws
    {
        try await withServer { database, server in
            #expect(database.lastHeard == nil)
            var events = database.listen(to: "c").makeAsyncIterator()
            #expect(await events.next() == .reconnected)
            let isHeard = try await eventually { database.lastHeard != nil }
            #expect(isHeard)
            let first = database.lastHeard
            let isHeardAgain = try await eventually { database.lastHeard != first }
            #expect(isHeardAgain)

            server.freeze()
            let isSilent = try await eventually { database.lastHeard == nil }
            #expect(isSilent)

            server.thaw()
            #expect(await events.next() == .reconnected)
        }
    }
}
