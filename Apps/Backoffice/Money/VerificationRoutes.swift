import Kernel
import Vocabulary
import Web

/// What recomputing the books found. The worker recomputes, every quarter of an hour and when it is
/// asked to; a request only reads what was kept.
struct VerificationRoutes {
    let desk: Desk

    func mount() {
        desk.page("/ledger/verification", .readMoney, query: ListQuery.self) { call, admin in
            let standing = try await Self.standing(call.marketplace)
            let names = standing.checks.flatMap(\.culprits).flatMap(LedgerCheck.names)
            return VerificationPage.show(
                standing, try await call.marketplace.objects(called: Set(names)),
                try await call.marketplace.verifications(call.query.page(limit: 10)), admin)
        }
        desk.read(
            "/ledger/verification", "What the last recomputation of the books found",
            tag: "Money", .readMoney
        ) { call, _ in try await Self.standing(call.marketplace) }
        desk.read(
            "/ledger/verifications", "What recomputations found, newest first", tag: "Money",
            .readMoney, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.verifications(call.query.page())) {
                PastVerification($0)
            }
        }
        desk.act(
            Act<Nothing>(
                "/ledger/verifications", "Have the books recomputed now", tag: "Money",
                .reconcile, done: "The books are being recomputed.",
                back: { _ in "/ledger/verification" }),
            input: Nothing.self
        ) { marketplace, _, _, admin in
            VerificationProgress(
                try await marketplace.requestVerification(by: admin.account.id))
        }
    }

    private static func standing(_ marketplace: Marketplace) async throws -> VerificationAnswer {
        // The run first: what ends between the two is then in the second.
        let run = try await marketplace.lastVerificationRun()
        return VerificationAnswer(try await marketplace.lastVerification(), run)
    }
}

/// How far a recomputation is.
struct VerificationProgress: Codable {
    let id: Int64
    /// Null for the clock.
    let askedBy: String?
    let askedAt: Instant
    let begunAt: Instant?
    /// Steps that are done, of so many; both 0 until it begins.
    let done: Int
    let steps: Int
    let endedAt: Instant?

    init(_ run: VerificationRun) {
        id = run.id
        askedBy = run.askedBy
        askedAt = run.askedAt
        begunAt = run.begunAt
        done = run.done
        steps = run.steps
        endedAt = run.endedAt
    }
}

/// The last recomputation's result, and how far the one under way is.
struct VerificationAnswer: Codable {
    struct Check: Codable {
        let claim: String
        let culprits: [String]
    }

    /// Null while the books were never recomputed.
    let isClean: Bool?
    let at: Instant?
    let transactions: Int64
    let entries: Int64
    let differences: Int
    let checks: [Check]
    let run: VerificationProgress?

    init(_ last: LedgerVerification?, _ run: VerificationRun?) {
        isClean = last?.isClean
        at = last?.at
        transactions = last?.transactions ?? 0
        entries = last?.entries ?? 0
        differences = last?.differences ?? 0
        checks = (last?.checks ?? []).map { Check(claim: $0.claim, culprits: $0.culprits) }
        self.run = run.map { VerificationProgress($0) }
    }
}

/// One recomputation of the past.
struct PastVerification: Codable {
    let id: Int64
    let at: Instant
    let transactions: Int64
    let entries: Int64
    /// Rows at fault.
    let differences: Int
    let findings: [VerificationAnswer.Check]

    init(_ found: LedgerVerification) {
        id = found.id
        at = found.at
        transactions = found.transactions
        entries = found.entries
        differences = found.differences
        findings = found.findings.map {
            VerificationAnswer.Check(claim: $0.claim, culprits: $0.culprits)
        }
    }
}
