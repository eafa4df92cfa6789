import Logging
import Postgres
import Synchronization

/// What an operator may set about a worker.
public struct WorkerSettings: Sendable {
    /// Jobs that run at the same time: one of each lane's own, and as many for all.
    public var parallel = 2 * JobLane.allCases.count
    /// How long a job stays with a worker that says nothing. Heartbeats come three times as often.
    public var lease: Duration = .seconds(30)
    /// How often to look for work when nobody told of any.
    public var poll: Duration = .seconds(1)
    /// How long jobs under way may take after a stop was asked for.
    public var grace: Duration = .seconds(20)
    public var lanes = JobLane.allCases

    public init() {}
}

/// Claims jobs and runs their handlers until it is stopped.
///
/// A `kill -9` at any line loses no job and doubles no effect: the lease ends, another worker runs
/// the job, and the dead one's late finish is refused.
public final class Worker: Sendable {
    private let database: Database
    private let handlers: JobHandlers
    private let settings: WorkerSettings
    private let logger: Logger
    private let running = Mutex<[Int64: ClaimedJob]>([:])
    private let stopping = Atomic(false)
    private let wake: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    public init(
        _ database: Database, handlers: JobHandlers, settings: WorkerSettings = WorkerSettings(),
        logger: Logger
    ) {
        self.database = database
        self.handlers = handlers
        self.settings = settings
        self.logger = logger
        (wake, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Works until ``stop()`` or cancellation, then returns when what was under way is finished.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.listen() }
            group.addTask { await self.tick() }
            group.addTask { await self.beat() }
            group.addTask { await self.claimUntilStopped() }
            // The first to end is the claiming loop, or the ticker when the grace is over.
            await group.next()
            group.cancelAll()
        }
    }

    /// Takes no more jobs and lets ``run()`` return when those under way are finished, or cancels
    /// them when the grace is over.
    public func stop() {
        stopping.store(true, ordering: .relaxed)
        wakeUp.yield()
    }

    /// Runs everything that is due now, one after the other, and what that queues in turn. For
    /// tests and commands; recurring jobs only run when they are due.
    /// - Returns: how many jobs were run.
    @discardableResult
    public func drain(limit: Int = 10_000) async throws -> Int {
        var count = 0
        while count < limit {
            let jobs = try await database.jobs.claim(
                settings.lanes, LaneSlots(settings.lanes, parallel: 1, running: [:]),
                lease: settings.lease)
            guard let job = jobs.first else { break }
            await perform(job)
            count += 1
        }
        return count
    }

    private func claimUntilStopped() async {
        await withDiscardingTaskGroup { group in
            for await _ in wake {
                if stopping.load(ordering: .relaxed) { break }
                do {
                    for job in try await claim() {
                        group.addTask {
                            await self.perform(job)
                            self.wakeUp.yield()
                        }
                    }
                } catch {
                    logger.error("jobs.claim-failed", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    private func claim() async throws -> [ClaimedJob] {
        let lanes = running.withLock { running in
            Dictionary(running.values.map { ($0.lane, 1) }, uniquingKeysWith: +)
        }
        let slots = LaneSlots(settings.lanes, parallel: settings.parallel, running: lanes)
        guard !slots.isFull else { return [] }
        let jobs = try await database.jobs.claim(settings.lanes, slots, lease: settings.lease)
        running.withLock { running in for job in jobs { running[job.id] = job } }
        return jobs
    }

    private func enqueueRecurring() async throws {
        let recurring = handlers.recurring
        if recurring.isEmpty { return }
        try await database.transaction { tx in
            let due = try await tx.jobs.takeTurns(
                recurring.map(\.name), every: recurring.map(\.interval))
            for job in recurring where due.contains(job.name) { try await job.enqueue(tx.jobs) }
        }
    }

    private func perform(_ job: ClaimedJob) async {
        defer { running.withLock { $0[job.id] = nil } }
        let run = JobRun(job)
        do {
            let outcome = try await handle(job, run)
            // A cancelled task could not tell the database any more, so the ending has its own.
            try await Task { try await self.settle(job, run, outcome) }.value
        } catch is JobLeaseLost {
            logger.warning(
                "jobs.lease-lost", metadata: ["job": "\(job.id)", "kind": "\(job.kind)"])
        } catch {
            logger.error(
                "jobs.outcome-not-recorded",
                metadata: ["job": "\(job.id)", "kind": "\(job.kind)", "error": "\(error)"])
        }
    }

    private enum Ending {
        case outcome(JobOutcome)
        case failed(any Error)
        case cancelled
    }

    private func handle(_ job: ClaimedJob, _ run: JobRun) async throws(JobLeaseLost) -> Ending {
        guard let handler = handlers.handlers[job.kind] else {
            // A newer version queued it; a worker of that version will know the kind.
            return .outcome(.snooze(.seconds(60)))
        }
        do {
            return .outcome(try await handler(job, run))
        } catch let lost as JobLeaseLost {
            throw lost
        } catch {
            return Task.isCancelled ? .cancelled : .failed(error)
        }
    }

    private func settle(_ job: ClaimedJob, _ run: JobRun, _ ending: Ending) async throws {
        let jobs = database.jobs
        switch ending {
        case .outcome(.done):
            if run.isFinished { return }
            guard try await jobs.finish(job.id, lease: job.lease) else {
                throw JobLeaseLost(job: job.id)
            }
        case .outcome(.snooze(let delay)):
            try await jobs.snooze(job.id, lease: job.lease, delay)
        case .outcome(.giveUp(let reason)):
            logger.error(
                "jobs.given-up",
                metadata: ["job": "\(job.id)", "kind": "\(job.kind)", "reason": "\(reason)"])
            try await jobs.fail(job.id, lease: job.lease, error: reason, forGood: true)
        case .failed(let error):
            logger.warning(
                "jobs.failed",
                metadata: [
                    "job": "\(job.id)", "kind": "\(job.kind)", "attempt": "\(job.attempt)",
                    "error": "\(error)",
                ])
            try await jobs.fail(job.id, lease: job.lease, error: "\(error)", forGood: false)
        case .cancelled:
            try await jobs.snooze(job.id, lease: job.lease, .zero)
        }
    }

    private func listen() async {
        for await _ in database.listen(to: "jobs") { wakeUp.yield() }
    }

    private func tick() async {
        var stoppedFor: Duration = .zero
        var ticks = 0
        while !Task.isCancelled, stoppedFor < settings.grace {
            do {
                try await enqueueRecurring()
                if ticks.isMultiple(of: 5), try await database.jobs.reap() > 0 {
                    logger.warning("jobs.freed-from-silent-worker")
                }
            } catch {
                logger.error("jobs.tick-failed", metadata: ["error": "\(error)"])
            }
            wakeUp.yield()
            ticks += 1
            do { try await Task.sleep(for: settings.poll) } catch { return }
            if stopping.load(ordering: .relaxed) { stoppedFor += settings.poll }
        }
    }

    private func beat() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: settings.lease / 3) } catch { return }
            let held = running.withLock { $0.map { (id: $0.key, lease: $0.value.lease) } }
            if held.isEmpty { continue }
            do {
                _ = try await database.jobs.heartbeat(held, settings.lease)
            } catch {
                logger.error("jobs.heartbeat-failed", metadata: ["error": "\(error)"])
            }
        }
    }
}
