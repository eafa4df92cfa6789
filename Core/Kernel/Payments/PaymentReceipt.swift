import ProviderKit
import Vocabulary

/// Money that came for a payment, and who says so.
public struct PaymentReceipt: Sendable {
    public let payment: ID<Payment>
    /// The number of the order whose share it pays, where each is paid by itself, and its seller:
    /// who has the money.
    public let orderNumber: String?
    public let sellerName: String?
    /// The transaction, the line of the bank's statement, or an entry of ours.
    public let id: String
    public let amount: Money
    public let receivedAt: Instant
    /// Whether it can no longer vanish.
    public let isFinal: Bool
    /// The name of the person who said so; nil when the provider did.
    public let confirmedBy: String?
    public let note: String?
    public let recordedAt: Instant
}

/// What a person says of money that came.
public struct ReceiptDraft: Sendable {
    public let amount: Money
    public let receivedAt: Instant
    /// What tells the line of the bank's statement apart, so that it does not count twice.
    public let reference: String?
    public let note: String?

    public init(
        amount: Money, receivedAt: Instant, reference: String? = nil, note: String? = nil
    ) {
        self.amount = amount
        self.receivedAt = receivedAt
        self.reference = reference
        self.note = note
    }

    /// - Throws: ``InputRefusal`` for an amount or a text that is not possible.
    func checked() throws -> ReceiptDraft {
        guard (1...Money.amountMax).contains(amount.amount) else {
            throw InputRefusal(.wrong("This amount is not possible."), field: "amount")
        }
        return ReceiptDraft(
            amount: amount, receivedAt: receivedAt,
            reference: try InputText.optionalLine(
                reference, field: "reference", lengthMax: 100),
            note: try InputText.optionalLine(note, field: "note", lengthMax: 500))
    }

    /// As the module gets it.
    var receipt: Receipt {
        Receipt(
            id: reference.map { "said:\($0)" } ?? "entry:\(ID<PaymentReceipt>())", amount: amount,
            at: receivedAt)
    }
}

extension Payment {
    /// Whether it is promised, and the money changes hands then.
    public func isDue(_ moment: ProviderInstance.Capture) -> Bool {
        state == .authorized && capture == moment
    }

    /// What came more than was asked for.
    public var surplus: Money? { excess.isPositive ? excess : nil }

    /// What is still to come, when a part of it came.
    public var missing: Money? {
        let open = amount.amount - (received.amount - excess.amount)
        return received.isPositive && open > 0 ? Money(open, amount.currency) : nil
    }

    /// How what came compares with what was asked for, in a sentence.
    public var receivedSentence: String { Self.sentence(received, excess, of: amount) }

    /// - Parameter excess: what of it is too much; the rest may still be too little where each
    ///   share is paid by itself.
    static func sentence(_ received: Money, _ excess: Money, of asked: Money) -> String {
        let missing = Money(
            max(0, asked.amount - (received.amount - excess.amount)), asked.currency)
        if received.isZero { return "Nothing came yet." }
        return switch (excess.isPositive, missing.isPositive) {
        case (true, true):
            "\(received) came: \(excess) too much for one maker, \(missing) too little for another."
        case (true, false): "\(received) came, \(excess) more than was asked for."
        case (false, true): "\(received) came, \(missing) is missing."
        case (false, false): "\(received) came."
        }
    }
}

/// Why what somebody said of money was not taken down.
public enum ReceiptRefusal: Refusal, CaseIterable {
    case unknown, notConfirmable, notYours, otherCurrency, usedAlready, inTheFuture
    case nothingToReview, nothingToGiveBack, notOnDelivery, notOverdue

    public var code: String {
        switch self {
        case .unknown: "receipt.payment-unknown"
        case .notConfirmable: "receipt.not-confirmable"
        case .notYours: "receipt.not-yours"
        case .otherCurrency: "receipt.other-currency"
        case .usedAlready: "receipt.used-already"
        case .inTheFuture: "receipt.in-the-future"
        case .nothingToReview: "receipt.nothing-to-review"
        case .nothingToGiveBack: "receipt.nothing-to-give-back"
        case .notOnDelivery: "receipt.not-on-delivery"
        case .notOverdue: "receipt.not-overdue"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .otherCurrency, .inTheFuture: .invalid
        case .notYours: .forbidden
        default: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such payment."
        case .notConfirmable: "This provider says itself what came; nobody confirms it."
        case .notYours: "This money goes to the platform, which says whether it came."
        case .otherCurrency: "The amount must be in the payment's currency."
        case .usedAlready: "This line of the statement has been taken down already."
        case .inTheFuture: "It cannot have come later than now."
        case .nothingToReview: "There is nothing to look at in this payment."
        case .nothingToGiveBack: "No refund of this order waits for money that a person sends."
        case .notOnDelivery: "This order is not one that is paid at its delivery."
        case .notOverdue:
            "The seller still has time to say so: two weeks from the delivery."
        }
    }

    public var field: String? {
        switch self {
        case .otherCurrency: "amount"
        case .usedAlready: "reference"
        case .inTheFuture: "receivedOn"
        default: nil
        }
    }
}
