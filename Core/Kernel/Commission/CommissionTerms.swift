import ProviderKit
import Vocabulary

/// All that decides what the market keeps of a checkout: read once, then everything is computed
/// in memory.
public struct CommissionTerms: Sendable {
    public let rules: [CommissionRule]
    /// Of the commission taken of a seller; none for a seller that is not named.
    public let vat: [ID<Seller>: CommissionVAT]

    public init(rules: [CommissionRule], vat: [ID<Seller>: CommissionVAT] = [:]) {
        self.rules = rules
        self.vat = vat
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
                        goods: try taxes[index].base(of: line.total), shipping: parts[index]),
                    by: terms.rules, vat: vat, at: checkout.readAt))
        }
        self.lines = lines
        let sum = try Money.sum(lines.map(\.shipping), checkout.currency)
        self.shipping = try CommissionCharge(sum, vat: vat, within: shipping.gross)
        shippingExplanation =
            sum.isZero ? "" : "\(self.shipping.amount) of \(shipping.gross) shipping"
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
