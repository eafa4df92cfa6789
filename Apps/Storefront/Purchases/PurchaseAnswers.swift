import Kernel
import ProviderKit
import Vocabulary

struct PurchaseSummaryAnswer: Codable, Sendable {
    let id: ID<Purchase>
    let number: String
    let state: PurchaseStateAnswer
    /// What became of it after it was paid; null before.
    let outcome: PurchaseOutcomeAnswer?
    let total: Money
    let placedAt: Instant

    init(_ purchase: Purchase, _ outcome: PurchaseOutcome?) {
        self.outcome = purchase.outcomeAnswer(outcome)
        id = purchase.id
        number = purchase.number
        state = PurchaseStateAnswer(purchase.state)
        total = purchase.total
        placedAt = purchase.placedAt
    }
}

enum PurchaseStateAnswer: String, Codable, Sendable, CaseIterable {
    case awaitingPayment, paid, cancelled

    init(_ state: Purchase.State) {
        switch state {
        case .awaitingPayment: self = .awaitingPayment
        case .paid: self = .paid
        case .cancelled: self = .cancelled
        }
    }
}

/// What became of a purchase and its money after it was paid.
enum PurchaseOutcomeAnswer: String, Codable, Sendable, CaseIterable {
    /// Something of it was bought.
    case stands
    /// Everything was cancelled before money was taken.
    case notCharged
    /// Everything was cancelled, and the money is on its way back.
    case returning
    /// Everything was cancelled, and all of the money went back.
    case returned
    /// All of the money went back, though not everything was cancelled.
    case refunded
    /// Everything was cancelled, and no refund brings the money back: it failed, or the bank did.
    case cancelled

    init(_ outcome: PurchaseOutcome) {
        switch outcome {
        case .stands: self = .stands
        case .notCharged: self = .notCharged
        case .returning: self = .returning
        case .returned: self = .returned
        case .refunded: self = .refunded
        case .cancelled: self = .cancelled
        }
    }
}

extension Purchase {
    /// Nil for what was never paid: nothing can have become of that.
    fileprivate func outcomeAnswer(_ outcome: PurchaseOutcome?) -> PurchaseOutcomeAnswer? {
        state == .paid ? PurchaseOutcomeAnswer(outcome ?? .stands) : nil
    }
}

struct PurchaseAnswer: Codable, Sendable {
    let id: ID<Purchase>
    let number: String
    let state: PurchaseStateAnswer
    /// What became of it and its money after it was paid; null before.
    let outcome: PurchaseOutcomeAnswer?
    let email: String
    let address: AddressAnswer
    let total: Money
    let orders: [OrderAnswer]
    let payment: PaymentAnswer?
    /// How each order's share stands, where each maker is paid by a transfer of its own.
    let shares: [ShareAnswer]
    /// Shops of it that are suspended or closed while it is to be paid: it cannot be paid then.
    let awayShops: [String]
    let placedAt: Instant
    let paidAt: Instant?
    /// Until when it can be paid.
    let expiresAt: Instant

    init(_ detail: PurchaseDetail, _ outcome: PurchaseOutcome?) {
        let purchase = detail.purchase
        self.outcome = purchase.outcomeAnswer(outcome)
        id = purchase.id
        number = purchase.number
        state = PurchaseStateAnswer(purchase.state)
        email = purchase.email
        address = AddressAnswer(purchase.address)
        total = purchase.total
        orders = detail.orders.map { OrderAnswer($0) }
        payment = detail.payment.map { PaymentAnswer($0) }
        shares = detail.shares.map { ShareAnswer($0) }
        awayShops = detail.awayShops
        placedAt = purchase.placedAt
        paidAt = purchase.paidAt
        expiresAt = purchase.expiresAt
    }
}

/// One order's share of a payment, where each maker is paid by a transfer of its own.
struct ShareAnswer: Codable, Sendable {
    let orderId: ID<Order>
    let amount: Money
    /// What came for it, more or less than was asked for.
    let received: Money
    /// Whether all of it came and cannot vanish any more.
    let isPaid: Bool

    init(_ share: ShareStand) {
        orderId = share.order
        amount = share.amount
        received = share.received
        isPaid = share.isPaid
    }
}

struct PaymentAnswer: Codable, Sendable {
    let id: ID<Payment>
    let instanceId: ID<ProviderInstance>
    let method: String
    let state: PaymentStateAnswer
    let amount: Money
    let captured: Money
    let refunded: Money
    /// What came so far, where the customer sends it: a part, or more than was asked for.
    let received: Money
    /// Whether it is paid for when it is handed over.
    let isPaidOnDelivery: Bool
    /// What the customer has to do now, line by line.
    let instructions: [InstructionAnswer]
    /// A sentence to read, when it failed.
    let failure: String?

    init(_ payment: Payment) {
        id = payment.id
        instanceId = payment.instance
        method = payment.method
        state = PaymentStateAnswer(payment.state)
        amount = payment.amount
        captured = payment.captured
        refunded = payment.refunded
        received = payment.received
        isPaidOnDelivery = payment.capture == .atDelivery
        instructions = payment.state == .requiresAction ? payment.next.lines : []
        failure = payment.failureMessage
    }
}

enum PaymentStateAnswer: String, Codable, Sendable, CaseIterable {
    case created, requiresAction, processing, unknown, authorized, captured, failed, voided, late

    init(_ state: Payment.State) {
        switch state {
        case .created: self = .created
        case .requiresAction: self = .requiresAction
        case .processing: self = .processing
        case .unknown: self = .unknown
        case .authorized: self = .authorized
        case .captured: self = .captured
        case .failed: self = .failed
        case .voided: self = .voided
        case .late: self = .late
        }
    }
}

/// A line of what the customer has to do.
struct InstructionAnswer: Codable, Sendable {
    enum Form: String, Codable, Sendable, CaseIterable {
        case text
        /// An address for an app, here or scanned.
        case link
        /// To be scanned only.
        case code
    }

    let label: String
    let value: String
    let form: Form
    /// The order whose share is paid by it, where each maker is paid by a transfer of its own.
    let orderId: ID<Order>?
}

extension NextAction {
    /// Nothing but the lines of instructions.
    var lines: [InstructionAnswer] {
        guard case .instructions(let given) = self else { return [] }
        return given.map {
            InstructionAnswer(
                label: $0.label, value: $0.value,
                form: InstructionAnswer.Form(rawValue: $0.form.rawValue) ?? .text,
                orderId: $0.orderID.flatMap { ID($0) })
        }
    }
}

/// A purchase that was just paid, or tried to be.
struct PlacedAnswer: Codable, Sendable {
    let id: ID<Purchase>
    let number: String
    let state: PurchaseStateAnswer
    let total: Money
    let payment: PaymentAnswer
    /// Where the customer has to go now.
    let redirectUrl: String?
    /// What the customer has to do now, line by line.
    let instructions: [InstructionAnswer]
    /// Why it was not paid; another way may be tried until `expiresAt`.
    let declined: String?
    let expiresAt: Instant

    init(_ placed: PlacedPurchase) {
        id = placed.purchase.id
        number = placed.purchase.number
        state = PurchaseStateAnswer(placed.purchase.state)
        total = placed.purchase.total
        payment = PaymentAnswer(placed.payment)
        if case .redirect(let target) = placed.next {
            redirectUrl = target
        } else {
            redirectUrl = nil
        }
        instructions = placed.next.lines
        declined = placed.refusal?.explanation
        expiresAt = placed.purchase.expiresAt
    }
}
