import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Kernel

private let slow = JobKind<NoArgs>("test.slow", lane: .bulk)
private let quick = JobKind<NoArgs>("test.quick", lane: .payments)

@Suite struct `A worker's slots` {
    @Test(
        arguments: [
            (10, [:], [1, 1, 1, 1, 1], 5),
            (10, [.bulk: 6], [1, 1, 1, 0, 1], 0),
            (10, [.payments: 1, .bulk: 3], [0, 1, 1, 0, 1], 3),
            (10, [.payments: 11], [0, 1, 1, 1, 1], 0),
            (1, [:], [0, 0, 0, 0, 0], 1),
            (1, [.mail: 1], [0, 0, 0, 0, 0], 0),
        ] as [(Int, [JobLane: Int], [Int], Int)])
    func `are half the lanes' own`(
        _ parallel: Int, _ running: [JobLane: Int], _ own: [Int], _ shared: Int
    ) {
        let slots = LaneSlots(JobLane.allCases, parallel: parallel, running: running)

        #expect(slots.own == own)
        #expect(slots.shared == shared)
    }

    @Test func `are never all taken by long jobs of one lane`() async throws {
        try await TestMarketplace.run { market in
            let isReleased = Mutex(false)
            var handlers = JobHandlers()
            handlers.on(slow) { _, _ in
                while !isReleased.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
                return .done
            }
            handlers.on(quick) { _, _ in .done }
            for _ in 0..<20 { try await market.database.jobs.enqueue(slow, NoArgs()) }
            var settings = WorkerSettings()
            settings.poll = .milliseconds(50)
            let worker = Worker(
                market.database, handlers: handlers, settings: settings,
                logger: TestServers.logger)
            async let working: Void = worker.run()
            func count(_ sql: SQL) async throws -> Int {
                try await market.database.query(sql).decode { c in try c.next(Int.self) }[0]
            }
            func wait(for number: Int, _ sql: SQL) async throws -> Bool {
                for _ in 0..<1200 {
                    if try await count(sql) == number { return true }
                    try await Task.sleep(for: .milliseconds(50))
                }
                return false
            }

            #expect(
                try await wait(for: 6, "select count(*) from job where state = 'running'"))
            try await market.database.jobs.enqueue(quick, NoArgs())
            #expect(
                try await wait(
                    for: 1, "select count(*) from job where lane = 'payments' and state = 'done'"))
            #expect(
                try await count("select count(*) from job where lane = 'bulk' and state = 'done'")
                    == 0)
            isReleased.withLock { $0 = true }
            worker.stop()
            await working
        }
    }
}
