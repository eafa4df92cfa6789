import Vocabulary

/// An amount that was not a whole number of minor units, what was kept of it, and who gained.
public struct Rounding: Hashable, Sendable {
    /// `VAT of line 1`, …
    public let what: String
    /// The exact amount in minor units with three decimals, cut: `349.965`.
    public let exact: String
    /// What was kept, in minor units.
    public let kept: Money
    /// In whose favour it was rounded, and at whose cost.
    public let gainer: String
    public let loser: String

    /// `amount × numerator ÷ denominator`, of which `kept` was kept for `owner` at the cost of
    /// `payer`; nil when it came out even, or when `kept` is not that amount rounded.
    public init?(
        _ what: String, _ amount: Money, times numerator: Int64, over denominator: Int64,
        kept: Money, for owner: String, from payer: String
    ) {
        guard amount.amount >= 0, numerator >= 0, denominator > 0 else { return nil }
        let divisor = UInt64(denominator)
        let product = amount.amount.magnitude.multipliedFullWidth(by: numerator.magnitude)
        guard product.high < divisor else { return nil }
        let (whole, rest) = divisor.dividingFullWidth(product)
        guard rest > 0, let floor = Int64(exactly: whole),
            kept.amount == floor
                || kept.amount - 1 == floor
        else { return nil }
        let thousandths = divisor.dividingFullWidth(rest.multipliedFullWidth(by: 1000)).quotient
        self.what = what
        exact = "\(whole)." + String(String(1000 + thousandths).dropFirst())
        self.kept = kept
        let isUp = kept.amount > floor
        gainer = isUp ? owner : payer
        loser = isUp ? payer : owner
    }
}
