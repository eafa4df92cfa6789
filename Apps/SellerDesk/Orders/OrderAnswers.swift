import Kernel
import Vocabulary
import Web

/// An order as its seller sees it: with the commission, never with the customer's e-mail.
struct OrderAnswer: Codable, Sendable {
    typealias State = OrderStateAnswer
    struct OrderLineAnswer: Codable, Sendable {
        let id: ID<OrderLine>
        let listingId: ID<Listing>
        let variantId: ID<Variant>
        let title: String
        let sku: String?
        let options: String
        let quantity: Int
        let shipped: Int
        /// Pieces whose money went back before they were shipped, so that they never will be.
        let withheld: Int
        let unitPrice: Money
        let total: Money
        let commission: Money
        let commissionVat: Money
        /// Which rate, on what.
        let commissionExplanation: String
        /// Why this rule and not the others.
        let commissionReasoning: String
    }
    struct ShipmentAnswer: Codable, Sendable {
        let id: ID<Shipment>
        let carrier: String
        let trackingNumber: String?
        let trackingUrl: String?
        let shippedAt: Instant
        /// How many pieces of which lines were in it.
        let lines: [ShippedLineAnswer]
    }
    struct ShippedLineAnswer: Codable, Sendable {
        let lineId: ID<OrderLine>
        let quantity: Int
    }
    let id: ID<Order>
    let number: String
    let state: State
    let address: Address
    let shippingName: String
    let items: Money
    let shipping: Money
    let tax: Money
    let taxIncluded: Money
    let total: Money
    let commission: Money
    /// On top of the commission.
    let commissionVat: Money
    /// What your wallet gets: total less commission, its VAT and the tax that is handed on.
    let sellerShare: Money
    /// What is to be collected when it is handed over; null when it is paid for otherwise.
    let toCollect: Money?
    /// Words that the customer wishes to have put into the parcel.
    let giftMessage: String?
    /// The day on which it is wished for, such as 2026-12-24.
    let deliverOn: String?
    let refundable: Money
    /// What refunds have left of each line and of the shipping.
    let refundableParts: [RefundableAnswer]
    let lines: [OrderLineAnswer]
    let shipments: [ShipmentAnswer]
    let refunds: [RefundAnswer]
    let events: [OrderEventAnswer]
    let placedAt: Instant
    let deliveredAt: Instant?
    /// When the money becomes available.
    let holdUntil: Instant?

    init(_ detail: OrderDetail) {
        let order = detail.order
        id = order.id
        number = order.number
        state = State(order.state)
        address = detail.address
        shippingName = order.shippingName
        items = order.amounts.items
        shipping = order.amounts.shipping
        tax = order.amounts.tax
        taxIncluded = order.amounts.taxIncluded
        total = order.amounts.total
        commission = order.amounts.commission
        commissionVat = order.amounts.commissionVAT
        sellerShare = order.amounts.sellerShare
        toCollect = detail.toCollect
        giftMessage = detail.wishes.giftMessage
        deliverOn = detail.wishes.deliverOn?.description
        refundable = detail.refundable
        lines = detail.lines.map { line in
            OrderLineAnswer(
                id: line.id, listingId: line.listing, variantId: line.variant, title: line.title,
                sku: line.sku, options: line.optionsText, quantity: line.quantity,
                shipped: line.shipped, withheld: line.withheld,
                unitPrice: line.unitPrice, total: line.total,
                commission: line.commission, commissionVat: line.commissionVAT,
                commissionExplanation: line.commissionExplanation,
                commissionReasoning: line.commissionReasoning)
        }
        shipments = detail.shipments.map { shipment in
            ShipmentAnswer(
                id: shipment.id, carrier: shipment.carrier,
                trackingNumber: shipment.trackingNumber, trackingUrl: shipment.trackingURL,
                shippedAt: shipment.shippedAt,
                lines: shipment.lines.map {
                    ShippedLineAnswer(lineId: $0.line, quantity: $0.quantity)
                })
        }
        refunds = detail.refunds.map { RefundAnswer($0) }
        refundableParts = detail.left.map { RefundableAnswer($0, order.amounts.total.currency) }
        events = detail.events.map { OrderEventAnswer($0) }
        placedAt = order.placedAt
        deliveredAt = order.deliveredAt
        holdUntil = order.holdUntil
    }
}

struct OrderSummaryAnswer: Codable, Sendable {
    let id: ID<Order>
    let number: String
    let state: OrderAnswer.State
    let total: Money
    let sellerShare: Money
    let commission: Money
    let lineCount: Int
    let firstTitle: String
    let recipient: String
    let placedAt: Instant
    /// Words are wished for in the parcel; they stand on the order.
    let isGift: Bool
    /// The day on which it is wished for, such as 2026-12-24.
    let deliverOn: String?

    init(_ order: OrderSummary) {
        id = order.id
        number = order.number
        state = OrderAnswer.State(order.state)
        total = order.total
        sellerShare = order.sellerShare
        commission = order.commission
        lineCount = order.lineCount
        firstTitle = order.firstTitle
        recipient = order.recipient
        placedAt = order.placedAt
        isGift = order.wishes.giftMessage != nil
        deliverOn = order.wishes.deliverOn?.description
    }
}
