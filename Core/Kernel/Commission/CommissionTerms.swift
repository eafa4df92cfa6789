import ProviderKit
import Vocabulary

/// All that decides what the market keeps of a checkout: read once, then everything is computed
/// in memory.
public struct CommissionTerms: Sendable {
    /// Those in effect at ``at``.
    public let rules: [CommissionRule]
    /// Of the commission taken of a seller; none for a seller that is not named.
    public let vat: [ID<Seller>: CommissionVAT]
    /// The market's time for which they are.
    public let at: Instant
    /// Until when they stay what they are; a purchase is placed by no others.
    let holding: Holding

    /// What has to be so when a purchase is written by these terms.
    struct Holding: Sendable {
        /// Of all rules and rates, as the database counts their changes.
        var version: Int64 = 0
        /// When the last of the rules began or ended.
        var from: Instant?
        /// When the next one begins or ends.
        var until: Instant?
    }

    /// - Parameter rules: published ones, past and future ones among them.
    public init(rules: [CommissionRule], vat: [ID<Seller>: CommissionVAT] = [:], at: Instant) {
        self.init(rules: rules, vat: vat, at: at, version: 0)
    }

    init(
        rules: [CommissionRule], vat: [ID<Seller>: CommissionVAT], at: Instant, version: Int64
    ) {
        let turns = rules.flatMap { [$0.effectiveFrom, $0.effectiveUntil].compactMap(\.self) }
        self.rules = rules.filter { $0.isEffective(at: at) }
        self.vat = vat
        self.at = at
        holding = Holding(
            version: version, from: turns.filter { $0 <= at }.max(),
            until: turns.filter { $0 > at }.min())
    }
}

/// What the market keeps of one order.
struct OrderCommission: Sendable {
    /// Of each line, in their order.
    let lines: [Commission]
    let shipping: CommissionCharge
    let shippingExplanation: String

    init(
        on parcel: CheckoutParcel, in checkout: Checkout, taxes: [LineTax],
        by terms: CommissionTerms
    ) throws {
        let vat = terms.vat[parcel.seller] ?? .none
        let shipping = try Split.shippingBase(of: parcel, in: checkout)
        let parts = try shipping.divided(over: parcel.lines.map(\.total))
        var lines: [Commission] = []
        for (index, line) in parcel.lines.enumerated() {
            lines.append(
                try Commission.compute(
                    CommissionLine(
                        seller: parcel.seller, listing: line.listing,
                        categoryPath: line.categoryPath, unitPrice: line.unitPrice,
                        quantity: line.quantity,
                        goods: try taxes[index].base(of: line.total), shipping: parts[index],
                        isShippingOwn: parcel.isAtOwnRates),
                    by: terms.rules, vat: vat, at: terms.at))
        }
        self.lines = lines
        let sum = try Money.sum(lines.map(\.shipping), checkout.currency)
        self.shipping = try CommissionCharge(sum, vat: vat, within: shipping.gross)
        shippingExplanation =
            sum.isZero
            ? ""
            : "\(self.shipping.amount) of \(shipping.gross) shipping"
                + (parcel.isAtOwnRates ? " at the shop's own prices" : "")
    }

    func amount(_ currency: Currency) throws(MoneyError) -> Money {
        try Money.sum(lines.map(\.amount) + [shipping.amount], currency)
    }

    func vat(_ currency: Currency) throws(MoneyError) -> Money {
        try Money.sum(lines.map(\.vat) + [shipping.vat], currency)
    }
}

extension CommissionBase {
    /// Over lines in proportion to what they cost, evenly when all are free.
    func divided(over totals: [Money]) throws(MoneyError) -> [CommissionBase] {
        let isFree = totals.allSatisfy(\.isZero)
        let weights = totals.map { isFree ? 1 : UInt64(max(0, $0.amount)) }
        let (gross, net) = (
            try self.gross.allocated(by: weights), try self.net.allocated(by: weights)
        )
        return zip(gross, net).map { CommissionBase(gross: $0, net: $1) }
    }
}
