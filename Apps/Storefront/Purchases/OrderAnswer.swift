import Kernel
import Vocabulary
import Web

/// One maker's part of a purchase, as its customer sees it: never the commission.
struct OrderAnswer: Codable, Sendable {
    typealias State = OrderStateAnswer
    struct OrderLineAnswer: Codable, Sendable {
        let id: ID<OrderLine>
        let listingId: ID<Listing>
        let variantId: ID<Variant>
        let title: String
        let options: String
        let quantity: Int
        let shipped: Int
        /// Pieces whose money went back before they were shipped, so that they never will be.
        let withheld: Int
        let unitPrice: Money
        let total: Money
    }
    struct ShipmentAnswer: Codable, Sendable {
        let id: ID<Shipment>
        let carrier: String
        let trackingNumber: String?
        let trackingUrl: String?
        let shippedAt: Instant
        /// When the customer said that they have it; with the order all of its parcels arrive.
        let arrivedAt: Instant?
        /// How many pieces of which lines were in it.
        let lines: [ShippedLineAnswer]
    }
    struct ShippedLineAnswer: Codable, Sendable {
        let lineId: ID<OrderLine>
        let quantity: Int
    }
    struct RefundAnswer: Codable, Sendable {
        /// What it is for: lines, and null for the shipping; empty for goodwill.
        struct RefundPartAnswer: Codable, Sendable {
            let lineId: ID<OrderLine>?
            let quantity: Int
            let amount: Money
        }
        let kind: RefundKind
        let parts: [RefundPartAnswer]
        let amount: Money
        let state: RefundState
        let requestedAt: Instant
    }
    enum RefundKind: String, Codable, Sendable, CaseIterable {
        case whole, lines, amount, goodwill, stray
    }
    enum RefundState: String, Codable, Sendable, CaseIterable {
        case pending, unknown, succeeded, failed
        /// It was called off before it was taken.
        case calledOff = "called_off"
    }

    let id: ID<Order>
    let number: String
    let purchaseId: ID<Purchase>
    let sellerId: ID<Seller>
    let sellerName: String
    let sellerSlug: String
    let state: State
    let items: Money
    let shipping: Money
    let tax: Money
    let taxIncluded: Money
    let total: Money
    let lines: [OrderLineAnswer]
    let shipments: [ShipmentAnswer]
    /// Words to put into the parcel.
    let giftMessage: String?
    /// The day on which it is wished for, such as 2026-12-24.
    let deliverOn: String?
    let refunds: [RefundAnswer]
    let events: [OrderEventAnswer]
    let placedAt: Instant
    let deliveredAt: Instant?

    init(_ detail: OrderDetail) {
        let order = detail.order
        id = order.id
        number = order.number
        purchaseId = order.purchase
        sellerId = order.seller
        sellerName = order.sellerName
        sellerSlug = order.sellerSlug
        state = State(order.state)
        items = order.amounts.items
        shipping = order.amounts.shipping
        tax = order.amounts.tax
        taxIncluded = order.amounts.taxIncluded
        total = order.amounts.total
        lines = detail.lines.map { line in
            OrderLineAnswer(
                id: line.id, listingId: line.listing, variantId: line.variant, title: line.title,
                options: line.optionsText, quantity: line.quantity, shipped: line.shipped,
                withheld: line.withheld,
                unitPrice: line.unitPrice, total: line.total)
        }
        giftMessage = detail.wishes.giftMessage
        deliverOn = detail.wishes.deliverOn?.description
        shipments = detail.shipments.map { shipment in
            ShipmentAnswer(
                id: shipment.id, carrier: shipment.carrier,
                trackingNumber: shipment.trackingNumber, trackingUrl: shipment.trackingURL,
                shippedAt: shipment.shippedAt,
                arrivedAt: shipment.arrivedAt ?? order.deliveredAt,
                lines: shipment.lines.map {
                    ShippedLineAnswer(lineId: $0.line, quantity: $0.quantity)
                })
        }
        refunds = detail.refunds.map { refund in
            RefundAnswer(
                kind: RefundKind(rawValue: refund.kind.rawValue) ?? .whole,
                parts: refund.parts.map {
                    RefundAnswer.RefundPartAnswer(
                        lineId: $0.line, quantity: $0.quantity,
                        amount: Money($0.shares.total, refund.amount.currency))
                },
                amount: refund.amount,
                state: RefundState(rawValue: refund.state.rawValue) ?? .unknown,
                requestedAt: refund.requestedAt)
        }
        events = detail.events.map { OrderEventAnswer($0) }
        placedAt = order.placedAt
        deliveredAt = order.deliveredAt
    }
}
