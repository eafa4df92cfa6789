import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

private struct Note: Codable, Sendable { var text: String }
private let noted = JobKind<Note>("test.note", attemptsMax: 3)

@Suite struct `Working off jobs` {
    @Test func `a job runs once with what it was given`() async throws {
        try await TestMarketplace.run { market in
            let seen = Seen()
            var handlers = JobHandlers()
            handlers.on(noted) { note, _ in
                seen.add(note.text)
                return .done
            }
            try await market.database.jobs.enqueue(noted, Note(text: "hello \"you\""))
            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)

            #expect(try await worker.drain() == 1)
            #expect(try await worker.drain() == 0)
            #expect(seen.all == ["hello \"you\""])
        }
    }

    @Test func `a job of a transaction that rolled back does not exist`() async throws {
        try await TestMarketplace.run { market in
            struct Stop: Error {}

            await #expect(throws: Stop.self) {
                try await market.database.transaction { tx in
                    try await tx.jobs.enqueue(noted, Note(text: "never"))
                    throw Stop()
                }
            }

            let found = try await states(market)
            #expect(found.isEmpty)
        }
    }

    @Test func `a running worker hears of a job at once and stops when told`() async throws {
        try await TestMarketplace.run { market in
            let (heard, tell) = AsyncStream<Void>.makeStream()
            var handlers = JobHandlers()
            handlers.on(noted) { _, _ in
                tell.finish()
                return .done
            }
            var settings = WorkerSettings()
            settings.poll = .seconds(30)
            let worker = Worker(
                market.database, handlers: handlers, settings: settings,
                logger: TestServers.logger)
            async let working: Void = worker.run()
            // Listening takes a connection of its own to begin.
            try await Task.sleep(for: .milliseconds(300))

            try await market.database.jobs.enqueue(noted, Note(text: "now"))
            for await _ in heard {}
            worker.stop()
            await working

            #expect(try await states(market) == ["done"])
        }
    }

    @Test func `two workers that race run each job once`() async throws {
        try await TestMarketplace.run { market in
            let seen = Seen()
            var handlers = JobHandlers()
            handlers.on(noted) { note, run in
                try await market.database.transaction { tx in try await run.finish(in: tx) }
                seen.add(note.text)
                return .done
            }
            for number in 0..<40 {
                try await market.database.jobs.enqueue(
                    noted, Note(text: "\(number)"), after: .milliseconds(1))
            }
            try await Task.sleep(for: .milliseconds(5))
            let other = try market.storage.connectAgain()
            let one = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            let two = Worker(other, handlers: handlers, logger: TestServers.logger)

            async let first = one.drain()
            async let second = two.drain()
            let counts = try await (first, second)

            #expect(counts.0 + counts.1 == 40)
            #expect(Set(seen.all).count == 40 && seen.all.count == 40)
            await other.close()
        }
    }

    @Test func `a job whose worker died is run by another when the lease is over`() async throws {
        try await TestMarketplace.run { market in
            var handlers = JobHandlers()
            handlers.on(noted) { _, _ in .done }
            try await market.database.jobs.enqueue(noted, Note(text: "survivor"))
            try await claimAndDie(market)
            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            #expect(try await worker.drain() == 0)

            try await market.database.execute("update job set leased_until = now()")
            try await worker.run { try await states(market) == ["done"] }

            #expect(try await states(market) == ["done"])
        }
    }

    @Test func `a zombie's finish is refused and its effects are not kept`() async throws {
        try await TestMarketplace.run { market in
            let given = market.given
            var handlers = JobHandlers()
            handlers.on(noted) { note, run in
                let account = try await given.account()
                try await market.database.transaction { tx in
                    try await tx.outbox.record(
                        OutboxEvent("test.effect", about: "account", account.id, note))
                    // Another worker took the job over while this one slept.
                    try await tx.execute(
                        "update job set lease = gen_random_uuid() where state = 'running'")
                    try await run.finish(in: tx)
                }
                return .done
            }
            try await market.database.jobs.enqueue(noted, Note(text: "twice"))

            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            try await worker.drain()

            #expect(try await states(market) == ["running"])
            let events = try await market.database.query("select from outbox_event")
            #expect(events.isEmpty)
        }
    }

    @Test func `a failing job is tried again later and is dead after its last try`() async throws {
        try await TestMarketplace.run { market in
            struct Broken: Error {}
            var handlers = JobHandlers()
            handlers.on(noted) { _, _ in throw Broken() }
            try await market.database.jobs.enqueue(noted, Note(text: "broken"))
            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)

            for _ in 0..<3 {
                try await worker.drain()
                try await market.database.execute("update job set run_at = now()")
            }

            let dead = try await market.database.jobs.listDead(PageRequest())
            #expect(dead.items.map(\.kind) == ["test.note"])
            #expect(dead.items.first?.attempts == 3)
            #expect(dead.items.first?.error.contains("Broken") == true)
        }
    }

    @Test func `a dead job that is redriven has all its tries again`() async throws {
        try await TestMarketplace.run { market in
            var handlers = JobHandlers()
            handlers.on(noted) { note, run in run.attempt == 1 ? .giveUp(note.text) : .done }
            try await market.database.jobs.enqueue(noted, Note(text: "no such order"))
            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            try await worker.drain()
            let dead = try await market.database.jobs.listDead(PageRequest())
            let job = try #require(dead.items.first)

            #expect(job.error == "no such order")
            #expect(try await market.database.jobs.redrive(job.id))
            #expect(try await market.database.jobs.redrive(job.id) == false)

            #expect(try await states(market) == ["ready"])
        }
    }

    @Test func `a live job with the same key stays the only one, at the earlier time`()
        async throws
    {
        try await TestMarketplace.run { market in
            let jobs = market.database.jobs
            try await jobs.enqueue(
                noted, Note(text: "one"), after: .seconds(600), uniqueKey: "order-1")
            try await jobs.enqueue(noted, Note(text: "two"), uniqueKey: "order-1")
            try await jobs.enqueue(noted, Note(text: "three"), uniqueKey: "order-2")
            let seen = Seen()
            var handlers = JobHandlers()
            handlers.on(noted) { note, _ in
                seen.add(note.text)
                return .done
            }

            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            try await worker.drain()

            #expect(seen.all.sorted() == ["one", "three"])
        }
    }

    @Test func `a job that is asked for while it runs runs once more`() async throws {
        try await TestMarketplace.run { market in
            let seen = Seen()
            var handlers = JobHandlers()
            handlers.on(noted) { note, run in
                if seen.all.isEmpty {
                    try await market.database.jobs.enqueue(noted, note, uniqueKey: "same")
                }
                seen.add(note.text)
                return .done
            }
            try await market.database.jobs.enqueue(noted, Note(text: "news"), uniqueKey: "same")

            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            try await worker.drain()

            #expect(seen.all == ["news", "news"])
            #expect(try await states(market) == ["done"])
        }
    }

    @Test func `a snoozed job waits without losing a try`() async throws {
        try await TestMarketplace.run { market in
            var handlers = JobHandlers()
            handlers.on(noted) { _, _ in .snooze(.seconds(60)) }
            try await market.database.jobs.enqueue(noted, Note(text: "later"))

            let worker = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            #expect(try await worker.drain() == 1)

            let rows = try await market.database.query(
                "select attempt, run_at > now() + interval '50 seconds' from job")
            let found = try rows.decode { c in (try c.next(Int.self), try c.next(Bool.self)) }
            #expect(found.first?.0 == 0 && found.first?.1 == true)
        }
    }

    @Test func `a recurring job is queued once for all workers together`() async throws {
        try await TestMarketplace.run { market in
            let seen = Seen()
            var handlers = JobHandlers()
            handlers.every(.seconds(3600), JobKind("test.hourly")) { _ in
                seen.add("ran")
                return .done
            }
            let other = try market.storage.connectAgain()
            let one = Worker(market.database, handlers: handlers, logger: TestServers.logger)
            let two = Worker(other, handlers: handlers, logger: TestServers.logger)

            async let first: Void = one.run { !seen.all.isEmpty }
            async let second: Void = two.run { !seen.all.isEmpty }
            _ = try await (first, second)

            #expect(seen.all == ["ran"])
            await other.close()
        }
    }

    private func states(_ market: TestMarketplace) async throws -> [String] {
        try await market.database.query("select state from job order by id")
            .decode { c in try c.next() }
    }

    private func claimAndDie(_ market: TestMarketplace) async throws {
        try await market.database.execute(
            """
            update job set state = 'running', attempt = attempt + 1, lease = gen_random_uuid(),
                leased_until = now() + interval '30 seconds'
            """)
    }
}

extension Worker {
    /// Runs until `isDone`, a minute at most, and a moment longer.
    fileprivate func run(until isDone: @Sendable () async throws -> Bool) async throws {
        async let running: Void = run()
        for _ in 0..<1200 {
            try await Task.sleep(for: .milliseconds(50))
            if try await isDone() { break }
        }
        try await Task.sleep(for: .milliseconds(200))
        stop()
        await running
    }
}

/// What handlers saw, from any task.
private final class Seen: Sendable {
    private let texts = Mutex<[String]>([])
    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
}
