import Vocabulary

/// A purchase as the back office lists it.
public struct PurchaseFound: Sendable {
    public let id: ID<Purchase>
    public let number: String
    public let email: String
    /// The name on the parcels.
    public let recipient: String
    public let state: Purchase.State
    public let total: Money
    public let orderCount: Int
    public let placedAt: Instant
    /// What became of it after it was paid.
    public let outcome: PurchaseOutcome
}

/// Which purchases the back office asks for.
public enum PurchaseSearch: Hashable, Sendable {
    case newest
    case inState(Purchase.State)
    /// A purchase's or order's number, a customer's e-mail address, or a provider's reference of
    /// a payment; whole, because a support desk has the whole of it in front of it.
    case text(String)
}

/// A purchase with all that the back office may see of it.
public struct PurchaseCase: Sendable {
    public let found: PurchaseFound
    public let account: ID<Account>?
    public let address: Address
    public let paidAt: Instant?
    public let expiresAt: Instant
    public let orders: [OrderCase]
    /// Newest first.
    public internal(set) var payments: [PaymentCase]
}

/// One order of a purchase, with its timeline.
public struct OrderCase: Sendable {
    public let id: ID<Order>
    public let number: String
    public let purchase: ID<Purchase>
    public let purchaseNumber: String
    public let seller: ID<Seller>
    public let sellerName: String
    public let state: Order.State
    public let amounts: OrderAmounts
    public let shippingName: String
    public let placedAt: Instant
    public let holdUntil: Instant?
    public let releasedAt: Instant?
    public let lines: [LineCase]
    public let events: [EventCase]
    public let refunds: [Refund]
    /// What refunds have left of each line and of the shipping.
    public let left: [RefundPart]
    public let shipments: [ParcelCase]
}

public struct LineCase: Sendable {
    public let id: ID<OrderLine>
    public let order: ID<Order>
    public let title: String
    public let sku: String?
    public let optionsText: String
    public let quantity: Int
    public let shipped: Int
    /// Pieces whose money went back before they were shipped.
    public let withheld: Int
    public let unitPrice: Money
    public let total: Money
    public let tax: Money
    public let commission: Money
    public let commissionVAT: Money
    public let commissionExplanation: String
    /// Why this rule and not the others.
    public let commissionReasoning: String
}

/// One entry of an order's timeline, with who did it.
public struct EventCase: Sendable {
    public let order: ID<Order>
    public let at: Instant
    public let kind: String
    public let actorName: String?
    public let from: String?
    public let to: String?
    public let note: String?
}

public struct ParcelCase: Sendable {
    public let order: ID<Order>
    public let carrier: String
    public let trackingNumber: String?
    public let trackingURL: String?
    public let shippedAt: Instant
}

/// A payment with everything that was asked of its provider and heard from it.
public struct PaymentCase: Sendable {
    public let id: ID<Payment>
    public let purchase: ID<Purchase>
    public let purchaseNumber: String
    public let instance: ID<ProviderInstance>
    public let instanceName: String
    /// The module's code.
    public let method: String
    /// What the customer read of it, in English; the code where it was on no page.
    public let methodName: String
    public let state: Payment.State
    public let amount: Money
    public let authorized: Money
    public let captured: Money
    public let refunded: Money
    /// What came in all where the payer sends it.
    public let received: Money
    /// What of it is more than was asked for.
    public let excess: Money
    public let reference: String?
    public let failure: String?
    public let createdAt: Instant
    /// Whether a person says what came of it; not known in lists.
    public internal(set) var isConfirmable = false
    public let attempts: [AttemptCase]
    /// Empty in lists.
    public let receipts: [PaymentReceipt]
}

extension PaymentCase {
    /// How what came compares with what was asked for, in a sentence.
    public var receivedSentence: String { Payment.sentence(received, excess, of: amount) }
}

public struct AttemptCase: Sendable {
    public let payment: ID<Payment>
    public let at: Instant
    public let kind: String
    public let orderNumber: String?
    public let amount: Money
    public let state: String
    public let tries: Int
    public let error: String?
    public let settledAt: Instant?
}

extension Marketplace {
    /// Purchases for the back office, newest first.
    public func searchPurchases(
        _ search: PurchaseSearch, _ page: PageRequest = PageRequest()
    ) async throws -> Page<PurchaseFound> {
        try await database.purchaseCases.list(search, page)
    }

    /// Everything about a purchase, for the back office.
    /// - Throws: ``CaseRefusal/unknown``
    public func purchaseCase(_ id: ID<Purchase>) async throws -> PurchaseCase {
        guard var found = try await database.purchaseCases.find(id) else {
            throw CaseRefusal.unknown
        }
        for index in found.payments.indices {
            found.payments[index].isConfirmable = await isConfirmable(found.payments[index])
        }
        return found
    }

    /// The purchase that an order belongs to.
    /// - Throws: ``CaseRefusal/unknown``
    public func purchase(ofOrder id: ID<Order>) async throws -> ID<Purchase> {
        guard let purchase = try await database.purchaseCases.purchase(of: id) else {
            throw CaseRefusal.unknown
        }
        return purchase
    }

    /// The purchase that a payment is for.
    /// - Throws: ``CaseRefusal/unknown``
    public func purchase(ofPayment id: ID<Payment>) async throws -> ID<Purchase> {
        guard let payment = try await database.payments.find(id) else {
            throw CaseRefusal.unknown
        }
        return payment.purchase
    }

    /// Payments of all purchases, newest first.
    public func searchPayments(
        in state: Payment.State? = nil, at instance: ID<ProviderInstance>? = nil,
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<PaymentCase> {
        try await database.purchaseCases.listPayments(in: state, at: instance, page)
    }
}

/// Why the back office finds nothing.
public enum CaseRefusal: Refusal {
    case unknown

    public var code: String { "case.unknown" }
    public var reason: RefusalReason { .missing }
    public var explanation: String { "There is no such purchase or order." }
}
