import Vocabulary

extension Letter {
    /// What a shop is written of a customer who asked their bank for the money back.
    static func dispute(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let order = facts.number.map { "order \($0)" } ?? "an order of yours"
        let amount = facts.amount.map { "\($0)" } ?? "the money"
        return switch topic {
        case "dispute.inquiry":
            Letter(
                "A bank asks about \(order)",
                "A customer asked their bank about \(order). No money was taken.",
                "Send us what shows that it was delivered; that may be the end of it.")
        case "dispute.needs_response":
            Letter(
                "A customer disputes the payment of \(order)",
                "The customer of \(order) asked their bank for \(amount) back, and the bank has "
                    + "taken it for now. The bank's reason: \(words(facts.reason)).",
                "What you earn of it is held until the bank decides. Send us what shows that it "
                    + "was delivered"
                    + (facts.respondBy.map { " before \(MailMessage.date($0))" } ?? "") + ".")
        case "dispute.under_review":
            Letter(
                "The bank looks at the dispute about \(order)",
                "The bank has our answer about \(order) and decides within some weeks.")
        case "dispute.won":
            Letter(
                "The dispute about \(order) was won",
                "The bank decided for you: \(amount) of \(order) stays yours, and is no longer "
                    + "held.")
        case "dispute.lost": lost(order, amount, facts)
        case "dispute.closed":
            Letter(
                "The dispute about \(order) is over",
                "The customer let the dispute about \(order) go. Nothing of its money is held.")
        default: nil
        }
    }

    /// What is lost in all, what of it is the shop's, and where that is taken from.
    private static func lost(_ order: String, _ amount: String, _ facts: LetterFacts) -> Letter {
        let charged =
            facts.charged.map { charged in
                charged.isZero
                    ? "Your shop gives nothing back for it: what you had earned of it went back "
                        + "already."
                    : "Your shop gives back what it had earned of that: \(charged). It is taken "
                        + "from this order's money; what was paid out to you already is owed, and "
                        + "your next sales pay it."
            }
        return Letter(
            "The dispute about \(order) was lost",
            "The bank decided for the customer, who keeps \(amount) of the payment of \(order). "
                + "The bank's reason: \(words(facts.reason)).", charged,
            "The market bears its commission of it, and the bank's fee.")
    }

    /// The provider's word as a person reads it.
    private static func words(_ reason: String?) -> String {
        guard let reason, !reason.isEmpty else { return "none was given" }
        return reason.replacing("_", with: " ")
    }
}
