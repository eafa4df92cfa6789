import ProviderKit
import Vocabulary

/// Amounts as Stripe counts them: minor units, with exceptions per currency
/// (docs.stripe.com/currencies).
enum StripeAmount {
    /// Eight digits.
    static let unitsMax: Int64 = 99_999_999

    /// Without decimals for us and the world, but counted in hundredths by Stripe.
    private static let hundredfold: Set<String> = ["ISK"]
    /// Three decimals, of which the last must be zero.
    private static let tenths: Set<String> = ["BHD", "JOD", "KWD", "OMR", "TND"]
    /// Assets that no card is charged in.
    private static let assets: Set<String> = ["SOL", "USDC"]
    /// Less than this is refused; for other currencies Stripe itself says so.
    private static let unitsMin: [String: Int64] = ["USD": 50, "EUR": 50, "GBP": 30]

    /// Stripe's number for `money`.
    /// - Throws: `invalidRequest` when Stripe cannot take exactly this amount.
    static func units(_ money: Money) throws(ProviderError) -> Int64 {
        let code = money.currency.code
        guard !assets.contains(code) else {
            throw .invalidRequest(code: "currency", message: "Stripe does not take \(code).")
        }
        if tenths.contains(code), !money.amount.isMultiple(of: 10) {
            throw .invalidRequest(
                code: "amount", message: "Stripe takes no thousandths: \(money) is not possible.")
        }
        let (units, overflow) = money.amount.multipliedReportingOverflow(
            by: hundredfold.contains(code) ? 100 : 1)
        guard !overflow, units > 0, units <= unitsMax else {
            throw .invalidRequest(code: "amount", message: "\(money) is too much, or too little.")
        }
        return units
    }

    /// The money that `units` of Stripe's are; nil for a currency that is not in our table, for a
    /// fraction that does not exist, and for more than an amount can be.
    static func money(_ units: Int64, _ code: String) -> Money? {
        guard units.magnitude <= Money.amountMax else { return nil }
        guard let currency = Currency(code.uppercased()) else { return nil }
        guard hundredfold.contains(currency.code) else { return Money(units, currency) }
        return units.isMultiple(of: 100) ? Money(units / 100, currency) : nil
    }

    /// Whether a customer can be asked for this amount.
    static func isPayable(_ money: Money) -> Bool {
        guard let units = try? units(money) else { return false }
        return units >= unitsMin[money.currency.code] ?? 1
    }
}
