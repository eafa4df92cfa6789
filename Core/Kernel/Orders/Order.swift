import Postgres
import Vocabulary

/// One wallet's part of a purchase: what one seller packs, ships and is paid for.
public struct Order: Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable {
        case awaitingPayment = "awaiting_payment"
        case paid
        case partlyShipped = "partly_shipped"
        case shipped, delivered, cancelled

        /// The whole life of an order. Nothing else decides, except that one which is on its way
        /// and was to be paid at its delivery ends there when it is refused.
        var next: Set<State> {
            switch self {
            case .awaitingPayment: [.paid, .cancelled]
            case .paid: [.partlyShipped, .shipped, .cancelled]
            case .partlyShipped: [.partlyShipped, .shipped]
            case .shipped: [.delivered]
            case .delivered, .cancelled: []
            }
        }

        var isOnItsWay: Bool { self == .partlyShipped || self == .shipped }
    }

    public let id: ID<Order>
    public let number: String
    public let purchase: ID<Purchase>
    public let purchaseNumber: String
    public let seller: ID<Seller>
    public let sellerName: String
    public let sellerSlug: String
    public let wallet: ID<Wallet>
    public let state: State
    public let amounts: OrderAmounts
    public let shippingName: String
    public let placedAt: Instant
    public let paidAt: Instant?
    public let shippedAt: Instant?
    public let deliveredAt: Instant?
    /// When its money becomes available to the seller; set at delivery.
    public let holdUntil: Instant?
    public let cancelledAt: Instant?
    let holdDays: Int

    /// Ends in `next`, or says why not.
    func checkMove(to next: State) throws(OrderRefusal) {
        guard state.next.contains(next) else {
            switch (state, next) {
            case (.awaitingPayment, _): throw .notPaid
            case (.cancelled, _): throw .cancelled
            case (.delivered, .delivered): throw .alreadyDelivered
            case (_, .delivered): throw .notShipped
            default: throw .alreadyShipped
            }
        }
    }
}

/// What an order comes to. `total = items + shipping + tax` and
/// `sellerShare = total - taxByPlatform - commission - commissionVAT`.
public struct OrderAmounts: Hashable, Sendable {
    public let items: Money
    public let shipping: Money
    /// Tax on top of the prices.
    public let tax: Money
    /// Tax inside the prices.
    public let taxIncluded: Money
    /// Of all tax, what the platform itself hands to the state.
    public let taxByPlatform: Money
    public let total: Money
    /// Frozen at placement.
    public let commission: Money
    /// On top of the commission, frozen with it.
    public let commissionVAT: Money
    public let sellerShare: Money
}

public struct OrderLine: Sendable {
    public let id: ID<OrderLine>
    public let order: ID<Order>
    /// Counts from 1 within its order.
    public let number: Int
    public let listing: ID<Listing>
    public let variant: ID<Variant>
    public let title: String
    public let sku: String?
    public let optionsText: String
    public let imageHash: Bytes?
    public let quantity: Int
    public let unitPrice: Money
    public let total: Money
    public let taxRate: PartsPerMillion
    public let tax: Money
    public let taxIncluded: Bool
    /// For the seller and the administrator, never for the customer.
    public let commission: Money
    /// On top of the commission, for the state.
    public let commissionVAT: Money
    public let commissionExplanation: String
    /// Why this rule and not the others.
    public let commissionReasoning: String
    public let shipped: Int
    /// Pieces whose money went back, or is on its way back, before they were shipped.
    public let withheld: Int
    /// Pieces that are for sale again.
    public let restocked: Int

    /// Pieces that are still to be shipped.
    public var toShip: Int { quantity - shipped - withheld }
}

public struct Shipment: Sendable {
    public let id: ID<Shipment>
    public let order: ID<Order>
    public let carrier: String
    public let trackingNumber: String?
    public let trackingURL: String?
    public let shippedAt: Instant
    /// When the customer said that they have it; nil where nobody said so of this parcel alone.
    public let arrivedAt: Instant?
    public let lines: [ShippedLine]
}

/// How many of an order's line are in a shipment.
public struct ShippedLine: Hashable, Sendable {
    public let line: ID<OrderLine>
    public let quantity: Int

    public init(line: ID<OrderLine>, quantity: Int) {
        self.line = line
        self.quantity = quantity
    }
}

/// One entry of an order's timeline.
public struct OrderEvent: Sendable {
    public let at: Instant
    /// `placed`, `paid`, `shipped`, `delivered`, `cancelled`, `refund-requested`, `refunded`, …
    public let kind: String
    public let from: Order.State?
    public let to: Order.State?
    public let note: String?
}

/// An order with everything about it. It never holds the customer's e-mail address.
public struct OrderDetail: Sendable {
    public let order: Order
    public let lines: [OrderLine]
    public let shipments: [Shipment]
    public let events: [OrderEvent]
    public let refunds: [Refund]
    /// Where it goes.
    public let address: Address

    /// What may still be given back: the captured part that no refund has claimed.
    public let refundable: Money
    /// What is reserved for it and taken at its shipment: of this a part can be called off.
    public let reserved: Money
    /// What refunds have left of each line and of the shipping.
    public let left: [RefundPart]
    /// The customer paid the seller; the platform has nothing to give back.
    public let isPaidDirectly: Bool

    /// The provider refused to give its money, and nobody asks for it at the moment.
    public var isCaptureRefused: Bool {
        order.state != .cancelled
            && events.last { $0.kind.hasPrefix("capture") }?.kind == "capture-failed"
    }
    /// What is to be collected when it is handed over; nil when it is paid for otherwise.
    public let toCollect: Money?
    /// What the customer wishes of the parcel.
    public let wishes: ParcelWishes
    /// In which the customer reads: as they bought, or chose since; nil when nobody knows.
    public let language: Language?
}

/// An order in a list.
public struct OrderSummary: Sendable {
    public let id: ID<Order>
    public let number: String
    public let purchase: ID<Purchase>
    public let seller: ID<Seller>
    public let sellerName: String
    public let state: Order.State
    public let total: Money
    public let sellerShare: Money
    public let commission: Money
    public let lineCount: Int
    /// The first line's title.
    public let firstTitle: String
    /// The name on the parcel.
    public let recipient: String
    public let placedAt: Instant
    /// What the customer wishes of the parcel.
    public let wishes: ParcelWishes
}
