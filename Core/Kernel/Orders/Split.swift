import ProviderKit
import Vocabulary

/// Divides a checkout into one order for each wallet. Pure; everything adds up to the last unit,
/// because every total is a sum of the parts that are kept and nothing is computed twice.
enum Split {
    /// What the checkout comes to, with as much shipping and tax as is known yet.
    static func totals(of checkout: Checkout) throws(MoneyError) -> CheckoutTotals {
        let currency = checkout.currency
        let parts = try amounts(of: checkout)
        return CheckoutTotals(
            items: try Money.sum(parts.map(\.items), currency),
            shipping: try Money.sum(parts.map(\.shipping), currency),
            tax: try Money.sum(parts.map(\.tax), currency),
            taxIncluded: try Money.sum(parts.map(\.taxIncluded), currency),
            total: try Money.sum(parts.map(\.total), currency))
    }

    /// What each parcel comes to, before commission.
    static func amounts(of checkout: Checkout) throws(MoneyError) -> [ParcelAmounts] {
        var amounts: [ParcelAmounts] = []
        for parcel in checkout.parcels {
            amounts.append(try self.amounts(of: parcel, in: checkout))
        }
        return amounts
    }

    private static func amounts(
        of parcel: CheckoutParcel, in checkout: Checkout
    ) throws(MoneyError) -> ParcelAmounts {
        let currency = checkout.currency
        let taxes = taxLines(of: parcel, in: checkout)
        let items = try Money.sum(parcel.lines.map(\.total), currency)
        let shipping = parcel.chosenOption?.price ?? .zero(currency)
        let tax = try Money.sum(taxes.filter { !$0.isIncluded }.map(\.amount), currency)
        return ParcelAmounts(
            items: items, shipping: shipping, tax: tax,
            taxIncluded: try Money.sum(taxes.filter(\.isIncluded).map(\.amount), currency),
            taxByPlatform: try Money.sum(
                taxes.filter { $0.remitter == .platform }.map(\.amount), currency),
            total: try items.adding(shipping).adding(tax))
    }

    /// Where the platform hands in the tax on a parcel.
    static func taxJurisdiction(of parcel: CheckoutParcel, in checkout: Checkout) -> String? {
        TaxJurisdiction.common(of: taxLines(of: parcel, in: checkout))
    }

    private static func taxLines(of parcel: CheckoutParcel, in checkout: Checkout) -> [TaxLine] {
        let ids = Set(
            parcel.lines.map { TaxLineID.goods($0.number) } + [TaxLineID.shipping(parcel.number)])
        return checkout.taxLines.filter { ids.contains($0.lineID) }
    }

    /// What is due of all tax on one line.
    static func tax(
        on line: CheckoutLine, in checkout: Checkout
    ) throws(MoneyError) -> LineTax {
        try tax(TaxLineID.goods(line.number), in: checkout)
    }

    /// What a parcel's shipping brings its seller before commission.
    static func shippingBase(
        of parcel: CheckoutParcel, in checkout: Checkout
    ) throws(MoneyError) -> CommissionBase {
        try tax(TaxLineID.shipping(parcel.number), in: checkout)
            .base(of: parcel.chosenOption?.price ?? .zero(checkout.currency))
    }

    private static func tax(_ id: String, in checkout: Checkout) throws(MoneyError) -> LineTax {
        let taxes = checkout.taxLines.filter { $0.lineID == id }
        func sum(where isCounted: (TaxLine) -> Bool) throws(MoneyError) -> Money {
            try Money.sum(taxes.filter(isCounted).map(\.amount), checkout.currency)
        }
        return LineTax(
            rate: PartsPerMillion(taxes.reduce(0) { $0 + $1.rate.value }),
            amount: try sum { _ in true }, onTop: try sum { !$0.isIncluded },
            byPlatform: try sum { $0.remitter == .platform },
            includedByPlatform: try sum { $0.isIncluded && $0.remitter == .platform },
            isIncluded: !taxes.isEmpty && taxes.allSatisfy(\.isIncluded))
    }
}

/// What one parcel comes to. `total = items + shipping + tax`.
struct ParcelAmounts: Hashable, Sendable {
    let items: Money
    let shipping: Money
    let tax: Money
    let taxIncluded: Money
    let taxByPlatform: Money
    let total: Money
}

/// The tax on one line.
struct LineTax: Hashable, Sendable {
    let rate: PartsPerMillion
    let amount: Money
    /// Of `amount`, what comes on top of the price.
    let onTop: Money
    /// Of `amount`, what the platform itself hands to the state.
    let byPlatform: Money
    /// Of that, the part that is inside the price.
    let includedByPlatform: Money
    let isIncluded: Bool

    /// What a price brings its seller before commission.
    func base(of price: Money) throws(MoneyError) -> CommissionBase {
        CommissionBase(
            gross: try price.subtracting(includedByPlatform),
            net: try price.subtracting(try amount.subtracting(onTop)))
    }
}
