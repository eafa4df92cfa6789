import Vocabulary

/// What the market keeps of one line, by which rule and how it was computed. Frozen on the line
/// at placement and never computed again.
public struct Commission: Hashable, Sendable {
    /// Nil when no rule fitted and nothing is kept.
    public let rule: ID<CommissionRule>?
    public let amount: Money
    /// On top of the amount, for the state.
    public let vat: Money
    /// Of the line's part of the shipping, without VAT: that is of the whole order's.
    public let shipping: Money
    /// `10 % of 42.50 EUR + 0.30 EUR × 2 = 4.85 EUR`, for the seller.
    public let explanation: String
    /// Why this rule and not the others.
    public let reasoning: String

    /// The commission on `line` by the closest of `rules` that are in effect at `instant`.
    ///
    /// The percentage is rounded half away from zero, once per line; the fixed part comes on top
    /// for each piece, then floor and cap of the line's currency. Commission with its VAT is never
    /// more than what the line brings. Of shipping the rate is taken where the rule says so, and
    /// always where the shop's own prices made it.
    public static func compute(
        _ line: CommissionLine, by rules: [CommissionRule], vat: CommissionVAT = .none,
        at instant: Instant
    ) throws(MoneyError) -> Commission {
        let choice = CommissionChoice(of: rules, for: line, at: instant)
        let nothing = Money.zero(line.unitPrice.currency)
        guard let rule = choice.rule else {
            return Commission(
                rule: nil, amount: nothing, vat: nothing, shipping: nothing,
                explanation: "no commission", reasoning: choice.reasoning)
        }
        let goods = try rule.amount(of: line)
        let charge = try CommissionCharge(goods.amount, vat: vat, within: line.goods.gross)
        let isWhole = charge.amount != goods.amount
        let base = line.shipping.amount(rule.base)
        let shipping =
            rule.isOnShipping || line.isShippingOwn ? try rule.rate.of(base) : nothing
        let ofOwnShipping =
            line.isShippingOwn && !shipping.isZero
            ? "; \(rule.rate.percentText) of \(base) shipping at the shop's own prices"
                + " = \(shipping)" : ""
        return Commission(
            rule: rule.id, amount: charge.amount, vat: charge.vat,
            shipping: shipping,
            explanation: goods.explanation + (isWhole ? ", at most all of it" : "")
                + " = \(charge.amount)" + vat.explanation(charge.vat) + ofOwnShipping,
            reasoning: choice.reasoning)
    }
}

extension CommissionRule {
    /// What it takes of a line before that is held against what the line brings.
    fileprivate func amount(
        of line: CommissionLine
    ) throws(MoneyError) -> (amount: Money, explanation: String) {
        let base = line.goods.amount(self.base)
        let currency = base.currency
        var amount = try rate.of(base)
        var explanation = "\(rate.percentText) of \(base)"
        guard let besides = amounts(in: currency) else { return (amount, explanation) }
        if besides.fixedPerUnit > 0 {
            let fixed = Money(besides.fixedPerUnit, currency)
            amount = try amount.adding(try fixed.multiplied(by: line.quantity))
            explanation += " + \(fixed) × \(line.quantity)"
        }
        if let floor = besides.floor, amount.amount < floor {
            amount = Money(floor, currency)
            explanation += ", at least \(amount)"
        }
        if let cap = besides.cap, amount.amount > cap {
            amount = Money(cap, currency)
            explanation += ", at most \(amount)"
        }
        return (amount, explanation)
    }
}

/// A commission with its VAT.
public struct CommissionCharge: Hashable, Sendable {
    public let amount: Money
    public let vat: Money

    /// VAT comes on top, unless both together were more than `most`: then they are all of it.
    init(_ amount: Money, vat: CommissionVAT, within most: Money) throws(MoneyError) {
        let tax = try vat.rate.of(amount)
        if try amount.adding(tax).amount <= most.amount {
            self.amount = amount
            self.vat = tax
        } else {
            self.vat = try vat.rate.included(in: most)
            self.amount = try most.subtracting(self.vat)
        }
    }
}

/// What VAT the platform owes on the commission that it takes of a seller.
public struct CommissionVAT: Hashable, Sendable {
    public let rate: PartsPerMillion
    /// The seller owes it instead (Directive 2006/112/EC, article 196).
    public let isReverseCharge: Bool

    public init(rate: PartsPerMillion, isReverseCharge: Bool = false) {
        self.rate = isReverseCharge ? PartsPerMillion(0) : rate
        self.isReverseCharge = isReverseCharge
    }

    public static let none = CommissionVAT(rate: PartsPerMillion(0))

    fileprivate func explanation(_ amount: Money) -> String {
        if isReverseCharge { return "; VAT: reverse charge" }
        return rate.value > 0 ? "; VAT \(rate.percentText) = \(amount)" : ""
    }
}
