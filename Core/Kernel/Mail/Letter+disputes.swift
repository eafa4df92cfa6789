extension Letter {
    /// What a shop is written of a customer who asked their bank for the money back.
    static func dispute(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let number = facts.number ?? ""
        return switch topic {
        case "dispute.inquiry":
            Letter(
                localized("A bank asks about order \(number)"),
                localized(
                    "A customer asked their bank about order \(number). No money was taken."),
                localized(
                    "Send us what shows that it was delivered; that may be the end of it."))
        case "dispute.needs_response":
            Letter(
                localized("A customer disputes the payment of order \(number)"),
                localized(
                    """
                    The customer of order \(number) asked their bank for \(facts.money) back, and \
                    the bank has taken it for now. The bank's reason: \(words(facts.reason)).
                    """),
                localized("What you earn of it is held until the bank decides."),
                facts.respondBy.map {
                    localized(
                        "Send us what shows that it was delivered before \(Format.time($0)).")
                } ?? localized("Send us what shows that it was delivered."))
        case "dispute.under_review":
            Letter(
                localized("The bank looks at the dispute about order \(number)"),
                localized(
                    """
                    The bank has our answer about order \(number) and decides within some weeks.
                    """))
        case "dispute.won":
            Letter(
                localized("The dispute about order \(number) was won"),
                localized(
                    """
                    The bank decided for you: \(facts.money) of order \(number) stays yours, and \
                    is no longer held.
                    """))
        case "dispute.lost": lost(number, facts)
        case "dispute.closed":
            Letter(
                localized("The dispute about order \(number) is over"),
                localized(
                    """
                    The customer let the dispute about order \(number) go. Nothing of its money is \
                    held.
                    """))
        default: nil
        }
    }

    /// What is lost in all, what of it is the shop's, and where that is taken from.
    private static func lost(_ number: String, _ facts: LetterFacts) -> Letter {
        let charged = facts.charged.map { charged in
            charged.isZero
                ? localized(
                    """
                    Your shop gives nothing back for it: what you had earned of it went back \
                    already.
                    """)
                : localized(
                    """
                    Your shop gives back what it had earned of that: \(Format.money(charged)). It \
                    is taken from this order's money; what was paid out to you already is owed, \
                    and your next sales pay it.
                    """)
        }
        return Letter(
            localized("The dispute about order \(number) was lost"),
            localized(
                """
                The bank decided for the customer, who keeps \(facts.money) of the payment of \
                order \(number). The bank's reason: \(words(facts.reason)).
                """), charged,
            localized("The market bears its commission of it, and the bank's fee."))
    }

    /// The provider's word as a person reads it: those of Stripe's list are known
    /// (https://docs.stripe.com/api/disputes/object#dispute_object-reason).
    private static func words(_ reason: String?) -> String {
        switch reason {
        case nil, "": localized("none was given")
        case "credit_not_processed": localized("credit not processed")
        case "duplicate": localized("duplicate")
        case "fraudulent": localized("fraudulent")
        case "general": localized("general")
        case "product_not_received": localized("product not received")
        case "product_unacceptable": localized("product unacceptable")
        case "unrecognized": localized("unrecognized")
        case .some(let other): other.replacing("_", with: " ")
        }
    }
}
