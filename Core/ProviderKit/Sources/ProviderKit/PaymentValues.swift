public import Vocabulary

/// A way to pay that the customer may choose: `card`, "Card".
public struct PaymentMethod: Hashable, Sendable, Codable {
    public var code: String
    public var label: String

    public init(code: String, label: String) {
        self.code = code
        self.label = label
    }
}

public enum CaptureMode: String, Hashable, Sendable, Codable { case now, later }

public struct PaymentStart: Hashable, Sendable, Codable {
    /// The platform's id of the payment; comes back in snapshots.
    public var paymentID: String
    public var amount: Money
    /// A `PaymentMethod.code`.
    public var method: String
    public var capture: CaptureMode
    /// Where the customer comes back to after a redirect.
    public var returnURL: String
    /// Where the provider may tell us what happened.
    public var webhookURL: String
    /// What the customer reads on the statement.
    public var statement: String
    public var customerEmail: String?
    /// Whose money it will be; the amounts add up to `amount`.
    public var shares: [PaymentShare]

    public init(
        paymentID: String, amount: Money, method: String, capture: CaptureMode,
        returnURL: String, webhookURL: String, statement: String = "",
        customerEmail: String? = nil, shares: [PaymentShare] = []
    ) {
        self.paymentID = paymentID
        self.amount = amount
        self.method = method
        self.capture = capture
        self.returnURL = returnURL
        self.webhookURL = webhookURL
        self.statement = statement
        self.customerEmail = customerEmail
        self.shares = shares
    }
}

/// One order's part of a payment. Providers with `directToSeller` pay it to `destination`; with
/// `severalSellers` a payment may have more than one such part.
public struct PaymentShare: Hashable, Sendable, Codable {
    public var orderID: String
    public var sellerID: String
    public var amount: Money
    public var destination: String?

    public init(orderID: String, sellerID: String, amount: Money, destination: String? = nil) {
        self.orderID = orderID
        self.sellerID = sellerID
        self.amount = amount
        self.destination = destination
    }
}

public enum PaymentStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// The customer has to do something: see `NextAction`.
    case requiresAction
    /// The provider is at it; the result comes by webhook or lookup.
    case processing
    /// Reserved; nothing captured yet.
    case authorized
    /// Something was captured: see the amounts.
    case captured
    /// Released without any capture.
    case voided
    case failed
    case expired

    /// Whether nothing more will come of it without a new payment.
    public var isOver: Bool { self == .voided || self == .failed || self == .expired }
}

/// A payment as the provider sees it now, in totals, never in differences: applying one twice
/// changes nothing, and an older `version` never overwrites a newer one.
public struct PaymentSnapshot: Hashable, Sendable, Codable {
    /// The provider's id.
    public var reference: String
    /// The id that was given at the start, when the provider echoes it: a webhook may come
    /// before the answer to `start`.
    public var paymentID: String?
    public var status: PaymentStatus
    /// All three are totals in the payment's currency; refunded ≤ captured ≤ authorized.
    public var authorized: Money
    public var captured: Money
    public var refunded: Money
    /// Grows with every change of this payment at the provider.
    public var version: Int64
    /// Why it failed, when it did: `card_declined`, and a sentence for the customer.
    public var failureCode: String?
    public var failureMessage: String?
    /// Everything that came so far, where the payer sends the money: less than was asked for, or
    /// more. Nil where the provider takes exactly what was asked for. A payment that has this is
    /// asked for again until its time is long over. Where each share is paid by itself, every
    /// receipt names its order: how a share stands is the sum of its receipts.
    public var receipts: [Receipt]?

    public init(
        reference: String, paymentID: String? = nil, status: PaymentStatus, authorized: Money,
        captured: Money, refunded: Money, version: Int64, failureCode: String? = nil,
        failureMessage: String? = nil, receipts: [Receipt]? = nil
    ) {
        self.reference = reference
        self.paymentID = paymentID
        self.status = status
        self.authorized = authorized
        self.captured = captured
        self.refunded = refunded
        self.version = version
        self.failureCode = failureCode
        self.failureMessage = failureMessage
        self.receipts = receipts
    }
}

/// What the customer has to do now.
public enum NextAction: Hashable, Sendable, Codable {
    case none
    case redirect(url: String)
    /// Lines to show, such as an account number and a reference.
    case instructions([Instruction])
}

public struct Instruction: Hashable, Sendable, Codable {
    /// How a page shows the value.
    public enum Form: String, Hashable, Sendable, Codable, CaseIterable {
        /// As it is.
        case text
        /// An address that an app opens: as a link, and as a QR code for an app elsewhere.
        case link
        /// For a scanner only: as a QR code.
        case code
    }

    public var label: String
    public var value: String
    public var form: Form
    /// The order whose share is paid by it, where each share is paid by itself; nil where it is
    /// about the payment as a whole.
    public var orderID: String?

    public init(label: String, value: String, form: Form = .text, orderID: String? = nil) {
        self.label = label
        self.value = value
        self.form = form
        self.orderID = orderID
    }

    /// What was written before there were forms is text.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        label = try values.decode(String.self, forKey: .label)
        value = try values.decode(String.self, forKey: .value)
        form = try values.decodeIfPresent(Form.self, forKey: .form) ?? .text
        orderID = try values.decodeIfPresent(String.self, forKey: .orderID)
    }
}

public struct StartedPayment: Hashable, Sendable, Codable {
    public var snapshot: PaymentSnapshot
    public var next: NextAction
    /// Until when the customer may do it; nil leaves that to the platform.
    public var payUntil: Instant?

    public init(snapshot: PaymentSnapshot, next: NextAction = .none, payUntil: Instant? = nil) {
        self.snapshot = snapshot
        self.next = next
        self.payUntil = payUntil
    }
}

public struct CaptureRequest: Hashable, Sendable, Codable {
    /// The provider's reference of the payment.
    public var reference: String
    public var amount: Money
    /// Whether the rest of the authorization is to be released.
    public var isFinal: Bool

    public init(reference: String, amount: Money, isFinal: Bool) {
        self.reference = reference
        self.amount = amount
        self.isFinal = isFinal
    }
}

public struct RefundRequest: Hashable, Sendable, Codable {
    /// The platform's id of the refund; comes back in snapshots.
    public var refundID: String
    /// The provider's reference of the payment.
    public var reference: String
    public var amount: Money
    public var reason: String

    public init(refundID: String, reference: String, amount: Money, reason: String = "") {
        self.refundID = refundID
        self.reference = reference
        self.amount = amount
        self.reason = reason
    }
}

/// How a refund or payout stands.
public enum TransferStatus: String, Hashable, Sendable, Codable, CaseIterable {
    case pending, succeeded, failed
}

public struct RefundSnapshot: Hashable, Sendable, Codable {
    public var reference: String
    public var paymentReference: String
    public var refundID: String?
    public var status: TransferStatus
    public var amount: Money
    public var version: Int64

    public init(
        reference: String, paymentReference: String, refundID: String? = nil,
        status: TransferStatus, amount: Money, version: Int64
    ) {
        self.reference = reference
        self.paymentReference = paymentReference
        self.refundID = refundID
        self.status = status
        self.amount = amount
        self.version = version
    }
}

/// By what to find something at the provider.
public enum ProviderLookup: Hashable, Sendable, Codable {
    case reference(String)
    /// The key of the call that made it.
    case idempotencyKey(String)
}
