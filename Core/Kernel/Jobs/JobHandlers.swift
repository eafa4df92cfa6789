import FoundationEssentials
import Postgres
import Synchronization

/// Which code runs which kind of job, and what is queued by the clock.
public struct JobHandlers: Sendable {
    typealias Handler = @Sendable (ClaimedJob, JobRun) async throws -> JobOutcome

    struct Recurring: Sendable {
        let name: String
        let interval: Duration
        let enqueue: @Sendable (JobStore) async throws -> Void
    }

    private(set) var handlers: [String: Handler] = [:]
    private(set) var recurring: [Recurring] = []

    public init() {}

    /// Runs jobs of `kind` with `handle`. It may run more than once for one job, each time after
    /// the last try failed or went silent, so what it does must be safe to repeat; effects in the
    /// database are, when the transaction that makes them calls ``JobRun/finish(in:)``.
    public mutating func on<Args>(
        _ kind: JobKind<Args>,
        _ handle: @escaping @Sendable (Args, JobRun) async throws -> JobOutcome
    ) {
        handlers[kind.name] = { job, run in
            let args = try JSONDecoder().decode(Args.self, from: Data(job.args.utf8))
            return try await handle(args, run)
        }
    }

    /// Runs `handle` every `interval`, once for all workers together, never twice at a time.
    public mutating func every(
        _ interval: Duration, _ kind: JobKind<NoArgs>,
        _ handle: @escaping @Sendable (JobRun) async throws -> JobOutcome
    ) {
        on(kind) { _, run in try await handle(run) }
        recurring.append(
            Recurring(name: kind.name, interval: interval) { jobs in
                try await jobs.enqueue(kind, NoArgs(), uniqueKey: kind.name)
            })
    }
}

/// One try of one job, as its handler sees it.
public final class JobRun: Sendable {
    public let job: Int64
    /// 1 for the first try.
    public let attempt: Int
    private let lease: String
    private let finished = Mutex(false)

    init(_ claimed: ClaimedJob) {
        job = claimed.id
        attempt = claimed.attempt
        lease = claimed.lease
    }

    /// Ends the job in the transaction of its effects: both are kept or neither.
    /// - Throws: ``JobLeaseLost`` when another worker has it by now.
    public func finish(in tx: Transaction) async throws {
        guard try await tx.jobs.finish(job, lease: lease) else { throw JobLeaseLost(job: job) }
        finished.withLock { $0 = true }
    }

    var isFinished: Bool { finished.withLock { $0 } }
}
