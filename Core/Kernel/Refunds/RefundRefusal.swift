import Vocabulary

/// Why money is not given back.
public enum RefundRefusal: Refusal, Hashable {
    case notPositive, otherCurrency(Currency), aboveShare(left: Money), sellerHasLess(left: Money)
    case nothingChosen, lineUnknown(Int), tooMany(Int, left: Int), shippingGone
    /// A seller wants the platform to pay.
    case notYoursToFund
    /// The provider gives back all of a payment or nothing.
    case wholeOnly
    /// The customer paid the seller, so the platform has nothing to give back.
    case paidToSeller
    /// The seller says to have given money back that the seller never had.
    case notPaidToSeller
    /// The customer's bank took the money back already, or decides whether it does.
    case disputed
    case unknown, notFailed, retriedAlready

    public var code: String {
        switch self {
        case .notPositive: "refund.not-positive"
        case .otherCurrency: "refund.other-currency"
        case .aboveShare: "refund.above-share"
        case .sellerHasLess: "refund.seller-has-less"
        case .nothingChosen: "refund.nothing-chosen"
        case .lineUnknown: "refund.line-unknown"
        case .tooMany: "refund.too-many"
        case .shippingGone: "refund.shipping-gone"
        case .notYoursToFund: "refund.not-yours-to-fund"
        case .wholeOnly: "refund.whole-only"
        case .paidToSeller: "refund.paid-to-seller"
        case .notPaidToSeller: "refund.not-paid-to-seller"
        case .disputed: "refund.disputed"
        case .unknown: "refund.unknown"
        case .notFailed: "refund.not-failed"
        case .retriedAlready: "refund.retried-already"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .wholeOnly, .paidToSeller, .notPaidToSeller, .notFailed, .retriedAlready, .aboveShare,
            .sellerHasLess, .shippingGone, .disputed:
            .conflict
        default: .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .notPositive: "The amount is more than nothing."
        case .otherCurrency(let currency): "This order was paid in \(currency)."
        case .aboveShare(let left): "At most \(left) of this order can still be given back."
        case .sellerHasLess(let left): "The seller has only \(left) of this order left to give."
        case .nothingChosen: "Say which things, or the shipping, the money goes back for."
        case .lineUnknown: "This order has no such line, or it is named twice."
        case .tooMany(_, let left): "Money can still go back for \(left) of this."
        case .shippingGone: "Nothing is left of the shipping to give back."
        case .notYoursToFund: "Goodwill of a seller is paid by the seller."
        case .wholeOnly:
            "This provider gives back a whole payment only, so a part of it cannot be refunded."
        case .paidToSeller:
            "The customer paid the seller directly, so the market has nothing to give back. The "
                + "seller gives it back and says under which reference."
        case .notPaidToSeller:
            "The customer paid the market, so the market gives it back. Leave the reference out."
        case .disputed:
            "The customer disputes this payment at the bank, which has taken the money: a refund "
                + "would give it back twice."
        case .unknown: "There is no such refund."
        case .notFailed: "This refund did not fail, so there is nothing to try again."
        case .retriedAlready: "This refund was tried again already."
        }
    }

    public var field: String? {
        switch self {
        case .notPositive, .aboveShare, .sellerHasLess, .otherCurrency: "amount"
        case .nothingChosen: "lines"
        case .lineUnknown(let index): "lines.\(index).lineId"
        case .tooMany(let index, _): "lines.\(index).quantity"
        case .shippingGone: "shipping"
        case .notYoursToFund: "fundedBy"
        case .paidToSeller, .notPaidToSeller: "paidBackAs"
        case .wholeOnly, .disputed, .unknown, .notFailed, .retriedAlready: nil
        }
    }
}
