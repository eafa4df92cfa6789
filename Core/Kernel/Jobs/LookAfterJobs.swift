import Vocabulary

/// Why a job stays as it is.
public enum JobRefusal: Refusal {
    case notDead

    public var code: String { "job.not-dead" }
    public var reason: RefusalReason { .missing }
    public var explanation: String { "There is no job of that number that was given up." }
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
    /// - Throws: ``JobRefusal/notDead``
    public func redriveJob(_ id: Int64, reason: String, by admin: ID<Account>) async throws {
        try await database.transaction { tx in
            let before = try await tx.audit.before("job", String(id))
            guard try await tx.jobs.redrive(id) else { throw JobRefusal.notDead }
            try await tx.audit.record(
                "job.redriven", on: "job", String(id), by: admin, reason: reason, before: before)
        }
    }
}
