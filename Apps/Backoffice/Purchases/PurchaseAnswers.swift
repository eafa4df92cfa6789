import Kernel
import Vocabulary
import Web

/// A purchase in lists.
struct PurchaseRow: Codable {
    let id: ID<Purchase>
    let number: String
    let email: String
    let recipient: String
    let state: String
    let total: Money
    let orderCount: Int
    let placedAt: Instant
    /// What became of it after it was paid: `stands`, or how all of it ended.
    let outcome: String

    init(_ found: PurchaseFound) {
        id = found.id
        number = found.number
        email = found.email
        recipient = found.recipient
        state = found.state.rawValue
        total = found.total
        orderCount = found.orderCount
        placedAt = found.placedAt
        outcome = found.outcome.rawValue
    }
}

/// A purchase with its orders and payments.
struct PurchaseAnswer: Codable {
    let purchase: PurchaseRow
    let account: ID<Account>?
    let address: Address
    let paidAt: Instant?
    let expiresAt: Instant
    let orders: [OrderAnswer]
    let payments: [PaymentAnswer]

    init(_ found: PurchaseCase) {
        purchase = PurchaseRow(found.found)
        account = found.account
        address = found.address
        paidAt = found.paidAt
        expiresAt = found.expiresAt
        let confirmable = Set(found.payments.filter(\.isConfirmable).map(\.id))
        orders = found.orders.map { OrderAnswer($0, sentByHand: confirmable) }
        payments = found.payments.map { PaymentAnswer($0) }
    }
}

/// An order in lists.
struct OrderRow: Codable {
    let id: ID<Order>
    let number: String
    let purchase: ID<Purchase>
    let seller: ID<Seller>
    let sellerName: String
    let state: String
    let total: Money
    let sellerShare: Money
    let commission: Money
    let placedAt: Instant

    init(_ order: OrderSummary) {
        id = order.id
        number = order.number
        purchase = order.purchase
        seller = order.seller
        sellerName = order.sellerName
        state = order.state.rawValue
        total = order.total
        sellerShare = order.sellerShare
        commission = order.commission
        placedAt = order.placedAt
    }
}

/// An order with lines, parcels, refunds and timeline.
struct OrderAnswer: Codable {
    struct Amounts: Codable {
        let items: Money
        let shipping: Money
        let tax: Money
        let taxIncluded: Money
        let taxByPlatform: Money
        let total: Money
        let commission: Money
        let commissionVat: Money
        let sellerShare: Money
    }

    struct Line: Codable {
        let id: ID<OrderLine>
        let title: String
        let sku: String?
        let options: String
        let quantity: Int
        let shipped: Int
        /// Pieces whose money went back before they were shipped, so that they never will be.
        let withheld: Int
        let unitPrice: Money
        let total: Money
        let tax: Money
        let commission: Money
        let commissionVat: Money
        let commissionExplanation: String
        /// Why this rule and not the others.
        let commissionReasoning: String
    }

    struct Event: Codable {
        let at: Instant
        let kind: String
        let actorName: String?
        let from: String?
        let to: String?
        let note: String?
    }

    struct Parcel: Codable {
        let carrier: String
        let trackingNumber: String?
        let trackingUrl: String?
        let shippedAt: Instant
    }

    let id: ID<Order>
    let number: String
    let purchase: ID<Purchase>
    let purchaseNumber: String
    let seller: ID<Seller>
    let sellerName: String
    let state: String
    let amounts: Amounts
    let shippingName: String
    let placedAt: Instant
    let holdUntil: Instant?
    let releasedAt: Instant?
    let lines: [Line]
    let events: [Event]
    let refunds: [RefundAnswer]
    /// Refunds that wait for a person to send the money.
    let refundsToSend: [ID<Refund>]
    /// What refunds have left of each line and of the shipping.
    let refundable: [RefundableAnswer]
    let parcels: [Parcel]

    /// - Parameter payments: those whose money a person sends back.
    init(_ order: OrderCase, sentByHand payments: Set<ID<Payment>> = []) {
        id = order.id
        number = order.number
        purchase = order.purchase
        purchaseNumber = order.purchaseNumber
        seller = order.seller
        sellerName = order.sellerName
        state = order.state.rawValue
        let sums = order.amounts
        amounts = Amounts(
            items: sums.items, shipping: sums.shipping, tax: sums.tax,
            taxIncluded: sums.taxIncluded, taxByPlatform: sums.taxByPlatform, total: sums.total,
            commission: sums.commission, commissionVat: sums.commissionVAT,
            sellerShare: sums.sellerShare)
        shippingName = order.shippingName
        placedAt = order.placedAt
        holdUntil = order.holdUntil
        releasedAt = order.releasedAt
        lines = order.lines.map {
            Line(
                id: $0.id, title: $0.title, sku: $0.sku, options: $0.optionsText,
                quantity: $0.quantity,
                shipped: $0.shipped, withheld: $0.withheld, unitPrice: $0.unitPrice,
                total: $0.total, tax: $0.tax,
                commission: $0.commission, commissionVat: $0.commissionVAT,
                commissionExplanation: $0.commissionExplanation,
                commissionReasoning: $0.commissionReasoning)
        }
        events = order.events.map {
            Event(
                at: $0.at, kind: $0.kind, actorName: $0.actorName, from: $0.from, to: $0.to,
                note: $0.note)
        }
        refunds = order.refunds.map { RefundAnswer($0) }
        refundsToSend = order.refunds.filter {
            $0.state == .pending && payments.contains($0.payment)
        }.map(\.id)
        refundable = order.left.map { RefundableAnswer($0, sums.total.currency) }
        parcels = order.shipments.map {
            Parcel(
                carrier: $0.carrier, trackingNumber: $0.trackingNumber,
                trackingUrl: $0.trackingURL, shippedAt: $0.shippedAt)
        }
    }
}

/// A payment with what was asked of its provider.
struct PaymentAnswer: Codable {
    struct Attempt: Codable {
        let at: Instant
        let kind: String
        let orderNumber: String?
        let amount: Money
        let state: String
        let tries: Int
        let error: String?
        let settledAt: Instant?
    }

    let id: ID<Payment>
    let purchase: ID<Purchase>
    let purchaseNumber: String
    let instance: ID<ProviderInstance>
    let instanceName: String
    /// The module's code, and what the customer read of it.
    let method: String
    let methodName: String
    let state: String
    let amount: Money
    let authorized: Money
    let captured: Money
    let refunded: Money
    /// What came in all where the payer sends it.
    let received: Money
    /// How that compares with what was asked for.
    let receivedSentence: String
    let reference: String?
    let failure: String?
    let createdAt: Instant
    /// Whether a person says what came.
    let isConfirmable: Bool
    /// Empty in lists.
    let attempts: [Attempt]
    /// Empty in lists.
    let receipts: [ReceiptAnswer]

    struct ReceiptAnswer: Codable {
        /// The transaction, the line of the bank's statement, or an entry of ours.
        let id: String
        /// The order whose share it pays, where each is paid by itself, and its seller.
        let orderNumber: String?
        let sellerName: String?
        let amount: Money
        let receivedAt: Instant
        let isFinal: Bool
        /// Who said so; null when the provider did.
        let confirmedBy: String?
        let note: String?
    }

    init(_ payment: PaymentCase) {
        id = payment.id
        purchase = payment.purchase
        purchaseNumber = payment.purchaseNumber
        instance = payment.instance
        instanceName = payment.instanceName
        method = payment.method
        methodName = payment.methodName
        state = payment.state.rawValue
        amount = payment.amount
        authorized = payment.authorized
        captured = payment.captured
        refunded = payment.refunded
        received = payment.received
        receivedSentence = payment.receivedSentence
        isConfirmable = payment.isConfirmable
        receipts = payment.receipts.map {
            ReceiptAnswer(
                id: $0.id, orderNumber: $0.orderNumber, sellerName: $0.sellerName,
                amount: $0.amount, receivedAt: $0.receivedAt, isFinal: $0.isFinal,
                confirmedBy: $0.confirmedBy, note: $0.note)
        }
        reference = payment.reference
        failure = payment.failure
        createdAt = payment.createdAt
        attempts = payment.attempts.map {
            Attempt(
                at: $0.at, kind: $0.kind, orderNumber: $0.orderNumber, amount: $0.amount,
                state: $0.state, tries: $0.tries, error: $0.error, settledAt: $0.settledAt)
        }
    }
}
