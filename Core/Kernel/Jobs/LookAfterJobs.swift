import Postgres
import Vocabulary

/// Why a job stays as it is.
public enum JobRefusal: Refusal {
    case notDead, askedAgain

    public var code: String {
        switch self {
        case .notDead: "job.not-dead"
        case .askedAgain: "job.asked-again"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .notDead: .missing
        case .askedAgain: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .notDead: "There is no job of that number that was given up."
        case .askedAgain:
            "The same work was asked for again, and waits or runs. See first what becomes of it."
        }
    }
}

extension Marketplace {
    /// What was given up, newest first.
    public func deadJobs(_ page: PageRequest = PageRequest()) async throws -> Page<DeadJob> {
        try await database.jobs.listDead(page)
    }

    /// What is due in each lane and not taken.
    public func jobBacklog() async throws -> [JobBacklog] {
        try await database.jobs.backlog()
    }

    /// Makes a dead job ready again with all its tries. Written to the audit trail.
    /// - Throws: ``JobRefusal``
    public func redriveJob(_ id: Int64, reason: String, by admin: ID<Account>) async throws {
        do {
            try await database.transaction { tx in
                let before = try await tx.audit.before("job", String(id))
                guard try await tx.jobs.redrive(id) else { throw JobRefusal.notDead }
                try await tx.audit.record(
                    "job.redriven", on: "job", String(id), by: admin, reason: reason,
                    before: before)
            }
        } catch let error as PostgresError where error.constraint == "job_unique_live" {
            throw JobRefusal.askedAgain
        }
    }
}
