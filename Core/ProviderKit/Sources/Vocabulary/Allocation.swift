extension Money {
    /// Divides the amount in proportion to `weights` by largest remainder; ties go to the lower
    /// index. The parts always add up to the amount.
    /// - Throws: `noWeights` when all weights are zero, `overflow` when their sum does not fit.
    public func allocated(by weights: [UInt64]) throws(MoneyError) -> [Money] {
        var total: UInt64 = 0
        for weight in weights {
            let (next, overflow) = total.addingReportingOverflow(weight)
            guard !overflow else { throw .overflow }
            total = next
        }
        guard total > 0 else { throw .noWeights }
        var shares: [UInt64] = []
        var remainders: [(index: Int, remainder: UInt64)] = []
        var given: UInt64 = 0
        for (index, weight) in weights.enumerated() {
            let product = amount.magnitude.multipliedFullWidth(by: weight)
            let (quotient, remainder) = total.dividingFullWidth(product)
            shares.append(quotient)
            remainders.append((index, remainder))
            given += quotient
        }
        var left = amount.magnitude - given
        remainders.sort {
            $0.remainder == $1.remainder ? $0.index < $1.index : $0.remainder > $1.remainder
        }
        for entry in remainders where left > 0 {
            shares[entry.index] += 1
            left -= 1
        }
        let sign: Int64 = isNegative ? -1 : 1
        return shares.map { Money(sign * Int64($0), currency) }
    }
}

/// A rate in parts per million: 107 500 is 10.75 %. Never a floating-point number.
public struct PartsPerMillion: Hashable, Sendable, Codable, Comparable {
    public let value: Int64

    public init(_ value: Int64) { self.value = value }
    public init(percent: Int64) { value = percent * 10_000 }

    /// This rate of `money`, rounded half away from zero to the minor unit.
    public func of(_ money: Money) throws(MoneyError) -> Money {
        try money.scaled(by: value, over: 1_000_000)
    }

    /// The part of a gross amount that is this rate's tax: gross × rate ÷ (1 + rate), rounded
    /// half away from zero.
    public func included(in gross: Money) throws(MoneyError) -> Money {
        try gross.scaled(by: value, over: 1_000_000 + value)
    }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }

    /// `10.75 %` with no trailing zeros, for explanations.
    public var percentText: String {
        let whole = value / 10_000
        var fraction = String(10_000 + value % 10_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? "\(whole) %" : "\(whole).\(fraction) %"
    }
}

extension Money {
    /// amount × numerator ÷ denominator with a 128-bit product, rounded half away from zero.
    func scaled(by numerator: Int64, over denominator: Int64) throws(MoneyError) -> Money {
        guard denominator > 0 else { throw .noWeights }
        let divisor = UInt64(denominator)
        let product = amount.magnitude.multipliedFullWidth(by: numerator.magnitude)
        guard product.high < divisor else { throw .overflow }
        var (quotient, remainder) = divisor.dividingFullWidth(product)
        if remainder >= divisor - remainder { quotient += 1 }
        guard quotient <= UInt64(Int64.max) else { throw .overflow }
        let negative = isNegative != (numerator < 0)
        return Money(negative ? -Int64(quotient) : Int64(quotient), currency)
    }
}
