import Kernel
import Vocabulary
import Web

/// What recomputing the books found, as a page.
enum VerificationPage {
    static func show(
        _ standing: VerificationAnswer, _ objects: [String: MarketObject],
        _ past: Kernel.Page<LedgerVerification>, _ admin: Administrator
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
            [progress(standing.run, admin)]
                + standing.checks.filter { !$0.culprits.isEmpty }.map {
                    broken($0, objects, admin)
                } + [
                    checks(standing),
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
                ["What must hold", ""],
                standing.checks.map { check in
                    [
                        Cell(data: localized(sentence: check.claim)),
                        check.culprits.isEmpty
                            ? Cell("holds", .good) : Cell("does not hold", .bad),
                    ]
                }))
    }

    /// Each row at fault, with the way to whatever it speaks of.
    private static func broken(
        _ check: VerificationAnswer.Check, _ objects: [String: MarketObject],
        _ admin: Administrator
    ) -> Block {
        Block(
            .data(localized(sentence: check.claim)),
            table: Table(
                ["Where it does not", "Look at"],
                check.culprits.map { culprit in
                    let named = LedgerCheck.names(in: culprit).lazy.compactMap { objects[$0] }
                    return [
                        Cell(data: CulpritWords.said(culprit), .bad),
                        named.first.map { Cell.object($0, seenBy: admin) } ?? Cell(""),
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
