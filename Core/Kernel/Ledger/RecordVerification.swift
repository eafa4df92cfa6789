import Vocabulary

/// What a recomputation of the books found, as it is kept.
public struct LedgerVerification: Sendable {
    public let at: Instant
    public let transactions: Int64
    public let entries: Int64
    /// Rows at fault; anything but 0 is an alarm.
    public let differences: Int
    /// What does not hold, with the culprits.
    public let findings: [LedgerCheck]
}

extension Marketplace {
    /// ``verifyLedger()``, and keeps what it found.
    @discardableResult
    public func recordVerification() async throws -> LedgerReport {
        let report = try await verifyLedger()
        try await database.verifications.insert(report)
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

    /// What the newest recomputation found; nil when there was none yet.
    public func lastVerification() async throws -> LedgerVerification? {
        try await database.verifications.newest()
    }

    /// How long ago that was, in seconds; nil when there was none yet.
    public func lastVerificationAge() async throws -> Int64? {
        try await database.verifications.ageSeconds()
    }
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
            try await reconcileYesterday()
            return .done
        }
        handlers.every(.seconds(900), .verifyLedger) { _ in
            try await recordVerification()
            try await database.verifications.sweep()
            return .done
        }
    }
}
