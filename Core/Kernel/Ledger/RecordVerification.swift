import Vocabulary

/// What a recomputation of the books found, as it is kept.
public struct LedgerVerification: Sendable {
    public let id: Int64
    public let at: Instant
    public let transactions: Int64
    public let entries: Int64
    /// Rows at fault; anything but 0 is an alarm.
    public let differences: Int
    /// Everything that was looked at, with the culprits where it does not hold.
    public let checks: [LedgerCheck]

    public var isClean: Bool { differences == 0 }
    /// What does not hold.
    public var findings: [LedgerCheck] { checks.filter { !$0.culprits.isEmpty } }
}

/// A recomputation that was asked for, by somebody or by the clock.
public struct VerificationRun: Sendable {
    public let id: Int64
    /// Nil for the clock.
    public let askedBy: String?
    public let askedAt: Instant
    /// Nil while it waits for a worker.
    public let begunAt: Instant?
    /// How many of its steps are done.
    public let done: Int
    /// 0 until it begins.
    public let steps: Int
    /// Nil while it is under way.
    public let endedAt: Instant?
}

extension Marketplace {
    /// Recomputes the books and the seals, and keeps what was found and how far it is.
    @discardableResult
    public func recordVerification() async throws -> LedgerReport {
        let run = try await database.verifications.begin()
        let seals = SealedChain.allCases
        let report = try await verifyLedger { done, steps in
            try await database.verifications.note(run, done: done, of: steps + seals.count)
        }
        let kept = try await database.verifications.insert(report)
        for (index, chain) in seals.enumerated() {
            let steps = report.checks.count + seals.count
            try await database.verifications.note(
                run, done: report.checks.count + index, of: steps)
            try await recordSealVerification(chain)
        }
        try await database.verifications.end(run, with: kept)
        for check in report.checks where !check.culprits.isEmpty {
            logger.critical(
                "ledger.wrong",
                metadata: [
                    "claim": "\(check.claim)",
                    "culprits": "\(check.culprits.joined(separator: "; "))",
                ])
        }
        return report
    }

    /// Asks the worker to recompute everything now. While that is under way, asking again is
    /// answered with the same run.
    public func requestVerification(by admin: ID<Account>) async throws -> VerificationRun {
        try await database.transaction { tx in
            try await tx.verifications.ask(by: admin)
            try await tx.jobs.enqueue(
                .verifyLedger, NoArgs(), uniqueKey: JobKind<NoArgs>.verifyLedger.name)
            guard let run = try await tx.verifications.newestRun() else {
                throw LedgerError.inconsistent("no run of a verification that was asked for")
            }
            try await tx.audit.record(
                "ledger.verification-asked", on: "verification", "\(run.id)", by: admin,
                before: VerificationTrace?.none, after: VerificationTrace(run: run.id))
            return run
        }
    }

    /// What the newest recomputation found; nil when there was none yet.
    public func lastVerification() async throws -> LedgerVerification? {
        try await database.verifications.list(PageRequest(limit: 1)).items.first
    }

    /// What recomputations found, newest first.
    public func verifications(_ page: PageRequest) async throws -> Page<LedgerVerification> {
        try await database.verifications.list(page)
    }

    /// The recomputation that is under way, or the last one; nil when there was none yet.
    public func lastVerificationRun() async throws -> VerificationRun? {
        try await database.verifications.newestRun()
    }

    /// How long ago that was, in seconds; nil when there was none yet.
    public func lastVerificationAge() async throws -> Int64? {
        try await database.verifications.ageSeconds()
    }
}

/// What the trail shows of a recomputation that was asked for.
private struct VerificationTrace: Codable, Sendable {
    let run: Int64
}

extension JobKind where Args == NoArgs {
    static var sealRows: JobKind { JobKind("seals.make", lane: .bulk) }
    static var reconcile: JobKind { JobKind("books.reconcile", lane: .bulk, attemptsMax: 3) }
    static var verifyLedger: JobKind { JobKind("ledger.verify", lane: .bulk, attemptsMax: 3) }
}

extension Marketplace {
    /// What the books need to have done for them by the clock.
    func addBooks(to handlers: inout JobHandlers) {
        handlers.every(.seconds(5), .sealRows) { _ in
            try await sealRows()
            return .done
        }
        // Looked at every hour, so that a day on which the worker slept is not left out.
        handlers.every(.seconds(3600), .reconcile) { _ in
            try await sweepDisputes()
            try await sweepRefunds()
            try await reconcileYesterday()
            try await reconcileAgain()
            return .done
        }
        handlers.every(.seconds(300), JobKind("disputes.ask", lane: .bulk)) { _ in
            try await askDueDisputes()
            return .done
        }
        handlers.every(.seconds(900), .verifyLedger) { _ in
            try await recordVerification()
            try await database.verifications.sweep()
            return .done
        }
    }
}
