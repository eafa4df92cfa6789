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
                """
                Say how a payout in doubt ended, after its provider was asked three times, or \
                book one as paid that had failed; of a large one two people say the same
                """,
                tag: "Money", .runPayouts,
                done: "It is written down; a large payout ends when a second person says it too.",
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

    /// The form for it; nothing unless it is in doubt, or was paid although it had failed.
    static func blocks(
        of payout: PayoutAnswer, _ first: SecondPersonWish?, mayDo: Bool
    ) -> [Block] {
        guard mayDo, payout.mayBeDecided || payout.isContradicted else { return [] }
        let said = first.map { wish in
            Block(
                "A second person has to say the same",
                text: wish.saysPaid
                    ? """
                    Somebody said on \(Format.time(wish.askedAt)) that it was paid: \
                    “\(wish.reason)”
                    """
                    : """
                    Somebody said on \(Format.time(wish.askedAt)) that it was not paid: \
                    “\(wish.reason)”
                    """)
        }
        let before = said.map { [$0] } ?? []
        if payout.isContradicted { return before + [booking(of: payout)] }
        let outcome = Input.choice(
            "outcome", "What the provider's own list says",
            [
                (key: "", text: "choose"), (key: "paid", text: "it was paid"),
                (key: "notPaid", text: "it was not paid, and will not be"),
            ], chosen: "")
        return before + [
            Block(
                "It stays in doubt",
                text: """
                    The provider was asked \(payout.tries) times and does not say whether it \
                    paid. Look it up in the provider's own list, then say how it ended. The \
                    provider is asked once more: what it says counts.
                    """,
                forms: [
                    .dangerous(
                        "End this payout", to: "/payouts/\(payout.id)/verdict",
                        hint: """
                            Paid: it is closed. Not paid: its money is available to the seller \
                            again, and goes out with another payout.
                            """,
                        [outcome, .line("reference", "Its id at the provider", required: false)])
                ])
        ]
    }

    private static func booking(of payout: PayoutAnswer) -> Block {
        let outcome = Input.choice(
            "outcome", "What the provider's own list says",
            [(key: "", text: "choose"), (key: "paid", text: "it was paid")], chosen: "")
        return Block(
            "It was paid although it had failed",
            text: """
                Its money was available to the seller again when the provider or the bank said \
                that it was paid. The seller's payouts are frozen until it is booked: then the \
                seller owes \(Format.money(payout.amount)), what is there pays it, and the \
                freeze is lifted. If it was not paid, lift the freeze.
                """,
            forms: [
                .dangerous(
                    "Book it as paid", to: "/payouts/\(payout.id)/verdict",
                    hint: "The seller owes it from then on, and the payouts go on.",
                    [outcome, .line("reference", "Its id at the provider", required: false)])
            ])
    }
}
