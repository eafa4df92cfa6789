import Kernel
import Vocabulary
import Web

/// Ending a payout whose provider does not say whether it paid.
struct PayoutVerdictRoutes {
    enum Outcome: String, Codable, Sendable, CaseIterable { case paid, notPaid }

    struct Verdict: Described {
        let outcome: Outcome
        let reference: String?
        let reason: String
        static let rules: [String: [Rule]] = [
            "outcome": [
                .about(
                    """
                    What the provider's own list says. notPaid makes the money available again: \
                    it is paid out by the next run.
                    """)
            ],
            "reference": [
                .length(0...200), .about("The provider's own id of it, when it was paid."),
            ],
            "reason": [.length(3...500)],
        ]
    }

    let desk: Desk

    func mount() {
        desk.act(
            Act<MoneyRoutes.PayoutPath>(
                "/payouts/{payout}/verdict",
                "Say how a payout in doubt ended, after its provider was asked three times",
                tag: "Money", .runPayouts, done: "The payout is ended.",
                back: { "/payouts/\($0.payout)" }), input: Verdict.self
        ) { marketplace, path, input, admin in
            let verdict: PayoutVerdict =
                switch input.outcome {
                case .paid:
                    .paid(reference: input.reference.flatMap { $0.isEmpty ? nil : $0 })
                case .notPaid: .notPaid
                }
            let ended = try await marketplace.decidePayout(
                path.payout, verdict, reason: input.reason, by: admin.account.id)
            return PayoutAnswer(ended, [])
        }
    }

    /// The form for it; nothing unless it is in doubt.
    static func blocks(of payout: PayoutAnswer, mayDo: Bool) -> [Block] {
        guard payout.mayBeDecided, mayDo else { return [] }
        let outcome = Input.choice(
            "outcome", "What the provider's own list says",
            [
                (key: "", text: "choose"), (key: "paid", text: "it was paid"),
                (key: "notPaid", text: "it was not paid, and will not be"),
            ], chosen: "")
        return [
            Block(
                "It stays in doubt",
                text: """
                    The provider was asked \(payout.tries) times and does not say whether it \
                    paid. Look it up in the provider's own list, then say how it ended. The \
                    provider is asked once more: what it says counts.
                    """,
                forms: [
                    DeskForm(
                        "End this payout", to: "/payouts/\(payout.id)/verdict",
                        [
                            outcome, .line("reference", "Its id at the provider", required: false),
                            .reason,
                        ],
                        isDangerous: true)
                ])
        ]
    }
}
