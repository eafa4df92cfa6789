extension HealthFacts {
    /// Ledger and seals.
    var bookFindings: [HealthFinding] { [verificationFinding] + sealFindings }

    private var verificationFinding: HealthFinding {
        guard let verification else {
            return HealthFinding(
                .books, "Ledger", .warning, "It was never recomputed.",
                "The worker does it every quarter of an hour; a button is under Ledger.")
        }
        guard verification.differences == 0 else {
            let many = verification.differences
            return HealthFinding(
                .books, "Ledger", .bad,
                many == 1
                    ? "1 difference between the books and what they sum up."
                    : "\(many) differences between the books and what they sum up.",
                "Stop payouts and read Ledger, Verification: it names what does not fit.")
        }
        return HealthFinding(
            .books, "Ledger", verification.ageSeconds, warnOver: 3600, badOver: 6 * 3600,
            "No difference, recomputed \(verification.ageSeconds.asSpan) ago.",
            "The worker recomputes it every quarter of an hour: see Jobs.")
    }

    private var sealFindings: [HealthFinding] {
        seals.map { seal in
            let name: Phrase =
                seal.chain == .ledger ? "The books' seals" : "The trail's seals"
            guard seal.faults == 0 else {
                return HealthFinding(
                    .seals, name, .bad, "\(seal.faults) rows do not fit their seals.",
                    "Somebody changed rows by hand: see Seals, and “guildhall audit verify”.")
            }
            guard let seconds = seal.unsealedSeconds else {
                return HealthFinding(.seals, name, .good, "Every row is sealed.")
            }
            return HealthFinding(
                .seals, name, seconds, warnOver: 60, badOver: 900,
                "The oldest row without a seal is \(seconds.asSpan) old.",
                """
                The worker seals every few seconds. A transaction that is open too long holds it \
                back.
                """)
        }
    }
}
