import Vocabulary

/// What the market keeps of one line, by which rule and how it was computed. Frozen on the line
/// at placement and never computed again.
public struct Commission: Hashable, Sendable {
    /// Nil when no rule fitted and nothing is kept.
    public let rule: ID<CommissionRule>?
    public let amount: Money
    /// `10 % of 42.50 EUR + 0.30 EUR × 2 = 4.85 EUR`, for the seller.
    public let explanation: String

    /// The commission on `line` by the closest of `rules` that are in effect at `instant`.
    ///
    /// The percentage is rounded half away from zero, once per line; the fixed part comes on top
    /// for each piece when it is in the line's currency. Commission is never more than the base.
    public static func compute(
        _ line: CommissionLine, by rules: [CommissionRule], at instant: Instant
    ) throws(MoneyError) -> Commission {
        guard let rule = closest(to: line, of: rules, at: instant) else {
            return Commission(
                rule: nil, amount: .zero(line.base.currency), explanation: "no commission")
        }
        var amount = try rule.rate.of(line.base)
        var explanation = "\(rule.rate.percentText) of \(line.base)"
        if let fixed = rule.fixedPerUnit, fixed.currency == line.base.currency, !fixed.isZero {
            amount = try amount.adding(try fixed.multiplied(by: line.quantity))
            explanation += " + \(fixed) × \(line.quantity)"
        }
        if amount.amount > line.base.amount {
            amount = line.base
            explanation += ", at most all of it"
        }
        return Commission(
            rule: rule.id, amount: amount, explanation: explanation + " = \(amount)")
    }

    private static func closest(
        to line: CommissionLine, of rules: [CommissionRule], at instant: Instant
    ) -> CommissionRule? {
        var best: (rule: CommissionRule, closeness: Int)?
        for rule in rules where rule.isEffective(at: instant) {
            guard let closeness = rule.closeness(to: line) else { continue }
            guard let known = best else {
                best = (rule, closeness)
                continue
            }
            let isCloser =
                (closeness, rule.effectiveFrom, rule.id)
                > (known.closeness, known.rule.effectiveFrom, known.rule.id)
            if isCloser { best = (rule, closeness) }
        }
        return best?.rule
    }
}
