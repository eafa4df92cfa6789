import Kernel
import Vocabulary
import Web

/// What recomputing the books found. The worker recomputes, every quarter of an hour and when it is
/// asked to; a request only reads what was kept.
struct VerificationRoutes {
    let desk: Desk

    func mount() {
        desk.page("/ledger/verification", .readMoney, query: ListQuery.self) { call, admin in
            VerificationPage.show(
                try await Self.standing(call.marketplace),
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

enum VerificationPage {
    static func show(
        _ standing: VerificationAnswer, _ past: Kernel.Page<LedgerVerification>,
        _ admin: Administrator
    ) -> DeskPage {
        let title: Phrase =
            switch standing.isClean {
            case true?: "The books are right"
            case false?: "The books are wrong"
            case nil: "The books were not recomputed yet"
            }
        return DeskPage(
            title, lead: standing.at.map { lead(standing, at: $0) },
            tabs: DeskPage.Tab.books("/ledger/verification"),
            [
                progress(standing.run, admin), checks(standing),
                Block(
                    "Recomputed before",
                    table: Table(
                        ["When", "Transactions#", "Entries#", "Differences#", "What"],
                        past.items.map(row)), nothing: "Never.",
                    more: past.next.map { "/ledger/verification?after=\(Cursor.seal($0))" }),
            ])
    }

    private static func lead(_ standing: VerificationAnswer, at: Instant) -> Phrase {
        """
        \(standing.transactions) transactions with \(standing.entries) entries, recomputed \
        \(Format.time(at)).
        """
    }

    private static func progress(
        _ run: VerificationProgress?, _ admin: Administrator
    ) -> Block {
        let form = DeskForm("Recompute now", to: "/ledger/verifications")
        guard let run, run.endedAt == nil else {
            return Block(forms: Duty.reconcile.isAllowed(to: admin.roles) ? [form] : [])
        }
        let who: Phrase = run.askedBy.map { "\($0) asked for it" } ?? "The clock asked for it"
        return Block(
            "Under way",
            text: run.begunAt == nil
                ? "\(who) \(Format.time(run.askedAt)); it waits for a worker."
                : "\(who); \(run.done) of \(run.steps) steps are done.")
    }

    private static func checks(_ standing: VerificationAnswer) -> Block {
        Block(
            table: Table(
                ["What must hold", "", "Where it does not"],
                standing.checks.map { check in
                    [
                        Cell(data: localized(sentence: check.claim)),
                        check.culprits.isEmpty
                            ? Cell("holds", .good) : Cell("does not hold", .bad),
                        Cell(data: check.culprits.joined(separator: "; ")),
                    ]
                }))
    }

    private static func row(_ found: LedgerVerification) -> [Cell] {
        [
            .time(found.at), Cell(data: String(found.transactions), isNumber: true),
            Cell(data: String(found.entries), isNumber: true),
            Cell(
                data: String(found.differences), found.isClean ? .plain : .bad, isNumber: true),
            Cell(
                data: found.findings.map { localized(sentence: $0.claim) }.joined(separator: "; ")),
        ]
    }
}
