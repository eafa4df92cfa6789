import Vocabulary

/// Why something cannot be done with an order.
public enum OrderRefusal: Refusal, Hashable {
    case missing, purchaseMissing
    case notPaid, alreadyShipped, notShipped, alreadyDelivered, cancelled
    case nothingToShip, lineUnknown(Int), tooMany(Int), trackingInvalid(field: String)
    case reasonMissing
    case notCaptured, notShippedYet, nothingToRefund, refundUnderWay, paymentUnderWay
    case paymentLost, captureNotRefused, notCancelled

    public var code: String {
        switch self {
        case .missing: "order.missing"
        case .purchaseMissing: "purchase.missing"
        case .notPaid: "order.not-paid"
        case .alreadyShipped: "order.already-shipped"
        case .notShipped: "order.not-shipped"
        case .alreadyDelivered: "order.already-delivered"
        case .cancelled: "order.cancelled"
        case .nothingToShip: "order.nothing-to-ship"
        case .lineUnknown: "order.line-unknown"
        case .tooMany: "order.too-many"
        case .trackingInvalid: "order.tracking-invalid"
        case .reasonMissing: "order.reason-missing"
        case .notCaptured: "order.not-captured"
        case .notShippedYet: "order.not-shipped-yet"
        case .nothingToRefund: "order.nothing-to-refund"
        case .refundUnderWay: "order.refund-under-way"
        case .paymentUnderWay: "order.payment-under-way"
        case .paymentLost: "order.payment-lost"
        case .captureNotRefused: "order.capture-not-refused"
        case .notCancelled: "order.not-cancelled"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .missing, .purchaseMissing: .missing
        case .nothingToShip, .lineUnknown, .tooMany, .trackingInvalid, .reasonMissing: .invalid
        default: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .missing: "There is no such order."
        case .purchaseMissing: "There is no such purchase."
        case .notPaid: "This order has not been paid yet."
        case .alreadyShipped: "This order has been shipped already."
        case .notShipped: "This order has not been shipped completely yet."
        case .alreadyDelivered: "This order has been delivered already."
        case .cancelled: "This order was cancelled."
        case .nothingToShip: "Say which things are in the parcel."
        case .lineUnknown: "This order has no such line."
        case .tooMany: "So many of this are not left to ship."
        case .trackingInvalid: "This is missing or too long."
        case .reasonMissing: "Give a reason of at most 500 characters."
        case .notCaptured: "The money of this order has not been taken yet. Cancel it instead."
        case .notShippedYet:
            "This order was not shipped yet. Cancel it instead: that gives the money back."
        case .nothingToRefund: "The money of this order has been given back already."
        case .refundUnderWay: "A refund of this order is under way."
        case .paymentUnderWay: "The payment of this order is just being taken. Try again shortly."
        case .paymentLost:
            "The customer's bank no longer holds the money for this order. Cancel it instead."
        case .captureNotRefused:
            "The money of this order was not refused, or it is just being asked for again."
        case .notCancelled: "Nothing of this purchase was cancelled."
        }
    }

    public var field: String? {
        switch self {
        case .nothingToShip: "lines"
        case .lineUnknown(let index): "lines.\(index).lineId"
        case .tooMany(let index): "lines.\(index).quantity"
        case .trackingInvalid(let field): field
        case .reasonMissing: "reason"
        default: nil
        }
    }
}
