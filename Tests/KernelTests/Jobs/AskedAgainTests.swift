import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

private let once = JobKind<NoArgs>("test.once", attemptsMax: 1)

@Suite struct `A job that is asked for while its last try runs` {
    /// How the try ends during which the second ask is committed.
    enum Ending: CaseIterable, Sendable { case throwing, givingUp }

    @Test(arguments: Ending.allCases)
    func `runs once more, whatever becomes of that try`(_ ending: Ending) async throws {
        try await TestMarketplace.run { market in
            struct Broken: Error {}
            let runs = Mutex(0)
            var handlers = JobHandlers()
            handlers.on(once) { _, _ in
                let run = runs.withLock { count in
                    count += 1
                    return count
                }
                guard run == 1 else { return .done }
                try await market.database.jobs.enqueue(once, NoArgs(), uniqueKey: "same")
                if ending == .givingUp { return .giveUp("no such order") }
                throw Broken()
            }
            try await market.database.jobs.enqueue(once, NoArgs(), uniqueKey: "same")
            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            try await worker.drain()

            #expect(try await look(market) == ["dead, tried 1 times", "ready, tried 0 times"])
            // Not at once: who asks in every try that fails would turn like a mill.
            let waits = try await market.database.query(
                """
                select run_at - created_at >= interval '0.5 seconds'
                    and run_at <= now() + interval '1.5 seconds' from job where state = 'ready'
                """
            ).decode { c in try c.next(Bool.self) }
            #expect(waits == [true])
            try await market.database.execute(
                "update job set run_at = now() where state = 'ready'")
            try await worker.drain()

            #expect(runs.withLock { $0 } == 2)
            #expect(try await look(market) == ["dead, tried 1 times", "done, tried 1 times"])
        }
    }

    @Test func `runs once more when the worker of that try died`() async throws {
        try await TestMarketplace.run { market in
            let (heard, tell) = AsyncStream<Void>.makeStream()
            var handlers = JobHandlers()
            handlers.on(once) { _, _ in
                tell.finish()
                return .done
            }
            try await market.database.jobs.enqueue(once, NoArgs(), uniqueKey: "same")
            try await market.database.execute(
                """
                update job set state = 'running', attempt = attempt + 1, lease = gen_random_uuid(),
                    leased_until = now() + interval '30 seconds'
                """)
            try await market.database.jobs.enqueue(once, NoArgs(), uniqueKey: "same")
            try await market.database.execute("update job set leased_until = now()")

            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            async let working: Void = worker.run()
            let limit = Task {
                try await Task.sleep(for: .seconds(20))
                tell.finish()
            }
            for await _ in heard {}
            limit.cancel()
            worker.stop()
            await working

            #expect(try await look(market) == ["dead, tried 1 times", "done, tried 1 times"])
        }
    }

    @Test func `and is dead like any other when nobody asked`() async throws {
        try await TestMarketplace.run { market in
            struct Broken: Error {}
            var handlers = JobHandlers()
            handlers.on(once) { _, _ in throw Broken() }
            try await market.database.jobs.enqueue(once, NoArgs(), uniqueKey: "same")
            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            try await worker.drain()

            #expect(try await look(market) == ["dead, tried 1 times"])
        }
    }

    private func look(_ market: TestMarketplace) async throws -> [String] {
        try await market.database.query(
            "select state || ', tried ' || attempt || ' times' from job order by id"
        ).decode { c in try c.next() }
    }
}
