import Vocabulary

/// What a person is written of an event: a subject and some sentences, in the language of
/// ``Words/current``. Pure. Nothing in it is secret, for e-mail is a postcard.
struct Letter: Hashable, Sendable {
    let subject: String
    let sentences: [String]

    init(_ subject: String, _ sentences: String?...) {
        self.subject = subject
        self.sentences = sentences.compactMap { $0 }
    }

    init(subject: String, sentences: [String]) {
        self.subject = subject
        self.sentences = sentences
    }

    /// The whole text.
    /// - Parameter home: where one chooses what one is written of.
    /// - Parameter isGuest: whether the purchase is in nobody's account.
    func body(
        to name: String?, about link: String?, home: String, isGuest: Bool = false
    ) -> String {
        let (search, choices) = ("\(home)/find-purchase", "\(home)/mail")
        let elsewhere =
            isGuest && link != nil
            ? localized("On another device, or to keep it in an account: \(search)") : nil
        let foot = localized(
            """
            Guildhall. You get this because you buy or sell here; what you get you choose under \
            \(choices). Nobody reads answers to it.
            """)
        let hello = name.map { localized("Hello \($0),") } ?? localized("Hello,")
        return ([hello] + sentences + [link, elsewhere].compactMap(\.self) + ["-- \n" + foot])
            .joined(separator: "\n\n") + "\n"
    }

    /// With the link that puts a guest's purchase into an account.
    init(claiming number: String) {
        self.init(
            localized("Your purchase \(number)"),
            localized(
                """
                With this link you put your purchase \(number) into an account of yours, and see \
                from everywhere how it stands. It works once, until tomorrow.
                """),
            localized("If you did not ask for it, leave it: nothing happens."))
    }

    /// The letter of an event for one audience; nil for what nobody is written of.
    init?(_ topic: String, for audience: Notice.Audience, _ facts: LetterFacts) {
        let letter =
            switch audience {
            case .customer: Self.customer(topic, facts) ?? Self.account(topic)
            case .seller:
                Self.order(topic, facts) ?? Self.money(topic, facts)
                    ?? Self.shop(topic, facts) ?? Self.dispute(topic, facts)
            case .administrator: Self.administrator(topic, facts)
            }
        guard let letter else { return nil }
        self = letter
    }

    /// Whether only those in a shop are written who may see its money.
    static func isAboutMoney(_ topic: String) -> Bool {
        topic.hasPrefix("payout") || topic.hasPrefix("dispute.")
    }

    /// Every topic of which somebody is written.
    static let topics: [(audience: Notice.Audience, topics: [String])] = [
        (
            .customer,
            [
                "purchase.paid", "purchase.promised", "purchase.payment-failed",
                "purchase.expired", "order.shipped", "order.cancelled", "order.called-off",
                "order.part-called-off", "order.refunded", "order.refund-returned",
                "account.password-changed",
                "account.two-step-on", "account.two-step-off",
                "account.recovery-codes-renewed", "account.recovery-code-used",
                "account.two-step-locked",
            ]
        ),
        (
            .seller,
            [
                "order.paid", "order.promised", "order.cash-due", "order.cash-decided",
                "order.capture-refused", "order.cancelled", "order.part-called-off",
                "order.refunded",
                "order.refund-failed", "order.refund-returned", "payout.paid", "payout.failed",
                "payout.returned", "bank-payout.failed", "bank-debit.failed", "payouts.frozen",
                "payouts.unfrozen", "invoice.paid",
                "wallet.account-changed", "seller.verified", "seller.rejected",
                "seller.suspended", "seller.in-debt", "seller.restricted", "dispute.inquiry",
                "dispute.needs_response", "dispute.under_review", "dispute.won", "dispute.lost",
                "dispute.closed",
            ]
        ),
        (
            .administrator,
            [
                "order.capture-refused", "order.refund-failed", "order.refund-returned",
                "payout.contradicted", "payout.part-taken-back", "dispute.unreadable",
            ]
        ),
    ]

    private static func administrator(_ topic: String, _ facts: LetterFacts) -> Letter? {
        switch topic {
        case "order.capture-refused": notTaken(facts)
        case "order.refund-failed", "order.refund-returned": notRefunded(topic, facts)
        case "payout.contradicted":
            Letter(
                localized("A payout that had failed was paid"),
                localized(
                    """
                    A payout of \(facts.money) had failed, and its money was available to the \
                    seller again. Now the provider or the bank says that it was paid.
                    """),
                localized(
                    """
                    So that nothing is paid twice, the seller's payouts are frozen until somebody \
                    books it on the payout's page in the back office.
                    """))
        case "payout.part-taken-back":
            Letter(
                localized("A part of a payout was taken back at the provider"),
                localized(
                    """
                    The provider says that a part of a payout of \(facts.money) was taken back \
                    there, by somebody who is not the market. The books still say that all of it \
                    was paid.
                    """),
                localized(
                    """
                    Have the rest taken back at the provider too: then the market books it, and \
                    the seller's money is available again. Or send the part on once more there.
                    """))
        case "dispute.unreadable": unreadable(facts)
        default: nil
        }
    }

    private static func unreadable(_ facts: LetterFacts) -> Letter {
        let (number, provider) = (facts.number ?? "", facts.label ?? "")
        return Letter(
            localized("A dispute at \(provider) cannot be read"),
            localized(
                """
                The market can make nothing of the dispute \(number) at \(provider)\
                \(because(facts.note))
                """),
            localized(
                """
                Look at it at the provider: it may have to be answered in time. It is asked for \
                again every day, and stands on the provider's page in the back office.
                """))
    }

    static func notTaken(_ facts: LetterFacts) -> Letter {
        let number = facts.number ?? ""
        return Letter(
            localized("The money of order \(number) was not taken"),
            localized(
                """
                The provider refused to take the money of order \(number)\(because(facts.note))
                """),
            localized(
                "We ask again by ourselves for some days; the order's page says how it went."))
    }

    static func notRefunded(_ topic: String, _ facts: LetterFacts) -> Letter {
        let number = facts.number ?? ""
        return Letter(
            topic == "order.refund-returned"
                ? localized("A refund of order \(number) came back")
                : localized("A refund of order \(number) failed"),
            localized(
                """
                \(facts.money) of order \(number) did not reach the customer\(because(facts.note))
                """),
            localized(
                "The money is in the books again, and the order's page can send it once more."))
    }

    /// `: late.`, or the end of the sentence when nobody said why.
    static func because(_ reason: String?) -> String {
        guard let reason, !reason.isEmpty else { return "." }
        return localized(": \(reason)") + (".!?".contains(reason.last ?? "x") ? "" : ".")
    }
}
