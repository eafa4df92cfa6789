/// An amount in minor units of a currency: 4250 EUR is forty-two euros fifty.
///
/// Arithmetic throws instead of trapping, because amounts come from outside. In JSON it is
/// `{"amount": 4250, "currency": "EUR"}`.
public struct Money: Hashable, Sendable, Codable {
    /// Minor units, signed.
    public let amount: Int64
    public let currency: Currency

    /// The largest magnitude that any amount may have: the database's `minor_units` domain.
    public static let amountMax: Int64 = 1_000_000_000_000_000

    public init(_ amount: Int64, _ currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    public static func zero(_ currency: Currency) -> Money { Money(0, currency) }

    public var isZero: Bool { amount == 0 }
    public var isPositive: Bool { amount > 0 }
    public var isNegative: Bool { amount < 0 }

    public func adding(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currencyMismatch }
        let (sum, overflow) = amount.addingReportingOverflow(other.amount)
        guard !overflow else { throw .overflow }
        return Money(sum, currency)
    }

    public func subtracting(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currencyMismatch }
        let (difference, overflow) = amount.subtractingReportingOverflow(other.amount)
        guard !overflow else { throw .overflow }
        return Money(difference, currency)
    }

    public func multiplied(by quantity: Int) throws(MoneyError) -> Money {
        let (product, overflow) = amount.multipliedReportingOverflow(by: Int64(quantity))
        guard !overflow else { throw .overflow }
        return Money(product, currency)
    }

    /// The sum of `parts`, which must all be of `currency`.
    public static func sum(
        _ parts: some Sequence<Money>, _ currency: Currency
    ) throws(MoneyError) -> Money {
        var total = Money.zero(currency)
        for part in parts { total = try total.adding(part) }
        return total
    }
}

/// Why an amount could not be computed.
public enum MoneyError: Error, Hashable, Sendable {
    case currencyMismatch, overflow, noWeights
}

extension Money: CustomStringConvertible {
    /// For logs and receipts: `42.50 EUR`. Pages format by the visitor's language.
    public var description: String { decimalText + " " + currency.code }

    /// The amount in major units with the currency's digits: `42.50`, `-0.05`, `1200`.
    public var decimalText: String {
        let exponent = currency.exponent
        let digits = String(amount.magnitude)
        guard exponent > 0 else { return (isNegative ? "-" : "") + digits }
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        let split = padded.index(padded.endIndex, offsetBy: -exponent)
        return (isNegative ? "-" : "") + padded[..<split] + "." + padded[split...]
    }

    /// Reads major units with a decimal point, exactly: `19.99`, `5`, `0.1`. Nil for anything
    /// that is not a plain decimal, has more digits than the currency, or is out of range, and
    /// for more than 32 bytes.
    public init?(decimal text: some StringProtocol, _ currency: Currency) {
        guard text.utf8.count <= 32 else { return nil }
        let negative = text.hasPrefix("-")
        let parts = text.dropFirst(negative ? 1 : 0)
            .split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = parts.first, !whole.isEmpty,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        var fraction = parts.count == 2 ? String(parts[1]) : ""
        if parts.count == 2, fraction.isEmpty { return nil }
        while fraction.count > currency.exponent, fraction.last == "0" { fraction.removeLast() }
        guard fraction.count <= currency.exponent else { return nil }
        fraction += String(repeating: "0", count: currency.exponent - fraction.count)
        guard let amount = Int64(whole + fraction), amount <= Self.amountMax else { return nil }
        self.init(negative ? -amount : amount, currency)
    }
}
