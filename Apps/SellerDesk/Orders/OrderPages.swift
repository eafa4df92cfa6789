import Kernel
import ProviderKit
import Vocabulary
import Web

/// The model of `orders.mustache`.
struct OrdersPage {
    struct Row {
        let href: String
        let number: String
        let what: String
        let recipient: String
        let state: String
        let isUrgent: Bool
        let total: String
        let share: String
        let placed: String
        let isGift: Bool
        /// The day on which it is wished for.
        let deliverOn: String?
    }
    struct Tab {
        let href: String
        let label: String
        let isCurrent: Bool
    }

    let tabs: [Tab]
    let rows: [Row]
    let hasRows: Bool
    let next: String?
    /// What is looked for.
    let text: String
    let isSearch: Bool
    let searched: String
    /// Kept while something is looked for.
    let state: String?

    init(_ page: Page<OrderSummary>, state: Order.State?, text: String?, next: String?) {
        let text = text ?? ""
        self.text = text
        isSearch = !text.isEmpty
        searched = String(OrderFilter.namesSearched)
        self.state = state.map { OrderAnswer.State($0).rawValue }
        let query = text.isEmpty ? "" : "text=\(QueryText.encode(text))&"
        tabs = Self.tabs.map { state, label in
            Tab(
                href: state.map { "/orders?\(query)state=\(OrderAnswer.State($0).rawValue)" }
                    ?? (query.isEmpty ? "/orders" : "/orders?\(query.dropLast())"),
                label: label, isCurrent: false)
        }.enumerated().map { index, tab in
            Tab(href: tab.href, label: tab.label, isCurrent: Self.tabs[index].0 == state)
        }
        rows = page.items.map { order in
            Row(
                href: "/orders/\(order.id)", number: order.number,
                what: order.lineCount == 1
                    ? order.firstTitle
                    : localized("\(order.firstTitle) and \(order.lineCount - 1) more"),
                recipient: order.recipient, state: OrderWords.state(order.state),
                isUrgent: order.state == .paid || order.state == .partlyShipped,
                total: Format.money(order.total), share: Format.money(order.sellerShare),
                placed: Format.date(order.placedAt), isGift: order.wishes.giftMessage != nil,
                deliverOn: order.wishes.deliverOn.map { Format.date($0.from) })
        }
        hasRows = !rows.isEmpty
        self.next = next.map { after in
            let kept = state.map { "state=\(OrderAnswer.State($0).rawValue)&" } ?? ""
            return "/orders?\(kept)\(query)after=\(after)"
        }
    }

    private static var tabs: [(Order.State?, String)] {
        [
            (nil, localized("All")), (.paid, localized("To pack")),
            (.partlyShipped, localized("Partly shipped")),
            (.shipped, localized("On the way")), (.delivered, localized("Delivered")),
            (.cancelled, localized("Cancelled")),
        ]
    }
}

/// What states and events are called on pages.
enum OrderWords {
    static func state(_ state: Order.State) -> String {
        switch state {
        case .awaitingPayment: localized("waiting for payment")
        case .paid: localized("to pack")
        case .partlyShipped: localized("partly shipped")
        case .shipped: localized("on the way")
        case .delivered: localized("delivered")
        case .cancelled: localized("cancelled")
        }
    }

    static func event(_ kind: String) -> String {
        switch kind {
        case "refund-requested": localized("refund asked for")
        case "part-called-off": localized("a part called off")
        case "refund-returned": localized("refund came back")
        case "capture-failed": localized("money refused by the provider")
        case "capture-requested": localized("money asked for again")
        default: localized(name: kind.replacing("-", with: " "))
        }
    }
}

/// The model of `order.mustache`.
struct OrderPage {
    struct Line {
        let id: String
        let title: String
        let options: String?
        let sku: String?
        let picture: String?
        let quantity: Int
        let shipped: Int
        /// Refunded before it was shipped.
        let withheld: String?
        let toShip: Int
        let canShip: Bool
        let total: String
        let commission: String
        let explanation: String
        let reasoning: String
    }
    struct Parcel {
        let carrier: String
        let tracking: String?
        let link: String?
        let at: String
        let contents: String
    }
    struct Event {
        let at: String
        let what: String
        let note: String?
    }
    struct Refund {
        let amount: String
        let what: String
        let state: String
        let reason: String
        let failure: String?
        /// What it took of the seller, and gave back of the commission.
        let shares: String
        let retry: String?
    }
    /// A line that money can still go back for.
    struct Refundable {
        let index: Int
        let id: String
        let title: String
        let quantity: Int
        let amount: String
    }

    let id: String
    let number: String
    let state: String
    let placed: String
    /// The same without the time, for paper.
    let placedOn: String
    let addressLines: [String]
    let shippingName: String
    let lines: [Line]
    let parcels: [Parcel]
    let hasParcels: Bool
    let refunds: [Refund]
    let hasRefunds: Bool
    let events: [Event]
    let items: String
    let shipping: String
    let tax: String?
    let taxIncluded: String?
    let taxByPlatform: String?
    let total: String
    let commission: String
    let share: String
    let held: String?
    let canShip: Bool
    let canCancel: Bool
    let isMoneyRefused: Bool
    let canAskAgain: Bool
    let canRefund: Bool
    let canRefundAll: Bool
    /// Nothing is taken yet: what is called off never is.
    let isReserved: Bool
    let isPaidDirectly: Bool
    let toCollect: String?
    let giftMessage: String?
    let deliverOn: String?
    let toCollectDecimal: String
    /// Until when the seller is to say that it was paid; nil before its delivery.
    let collectBy: String?
    let canCollect: Bool
    let canRefuse: Bool
    let refundable: String
    let refundableLines: [Refundable]
    let refundableShipping: String?
    let currency: String
    let commissionVAT: String?

    init(_ detail: OrderDetail, may: (SellerPermission) -> Bool) {
        let order = detail.order
        id = order.id.description
        number = order.number
        state = OrderWords.state(order.state)
        placed = Format.time(order.placedAt)
        placedOn = Format.date(order.placedAt)
        addressLines = Self.lines(detail.address)
        shippingName = localized(name: order.shippingName)
        lines = detail.lines.map { Line($0) }
        parcels = detail.shipments.map { parcel in
            Parcel(
                carrier: parcel.carrier, tracking: parcel.trackingNumber,
                link: parcel.trackingURL, at: Format.date(parcel.shippedAt),
                contents: detail.contents(of: parcel))
        }
        hasParcels = !parcels.isEmpty
        let titles = Dictionary(detail.lines.map { ($0.id, $0.title) }) { first, _ in first }
        refunds = detail.refunds.map { refund in
            Refund(refund, of: detail, titles, canRetry: may(.refundOrders))
        }
        hasRefunds = !refunds.isEmpty
        events = detail.events.map { event in
            Event(
                at: Format.time(event.at), what: OrderWords.event(event.kind),
                note: EventNote.said(event.note, of: event.kind))
        }
        let amounts = order.amounts
        items = Format.money(amounts.items)
        shipping = Format.money(amounts.shipping)
        tax = amounts.tax.isZero ? nil : Format.money(amounts.tax)
        taxIncluded = amounts.taxIncluded.isZero ? nil : Format.money(amounts.taxIncluded)
        taxByPlatform = amounts.taxByPlatform.isZero ? nil : Format.money(amounts.taxByPlatform)
        total = Format.money(amounts.total)
        commission = Format.money(amounts.commission)
        commissionVAT =
            amounts.commissionVAT.isZero ? nil : Format.money(amounts.commissionVAT)
        share = Format.money(amounts.sellerShare)
        held = order.holdUntil.map { Format.date($0) }
        let isOpen = order.state == .paid || order.state == .partlyShipped
        canShip = isOpen && may(.shipOrders)
        canCancel = order.state == .paid && may(.shipOrders)
        isMoneyRefused = detail.isCaptureRefused
        canAskAgain = detail.isCaptureRefused && may(.shipOrders)
        isReserved = detail.reserved.isPositive
        let left = isReserved ? detail.reserved : detail.refundable
        canRefund = left.isPositive && order.state != .cancelled && may(.refundOrders)
        isPaidDirectly = detail.isPaidDirectly
        giftMessage = detail.wishes.giftMessage
        deliverOn = detail.wishes.deliverOn.map { Format.date($0.from) }
        toCollect = detail.toCollect.map { Format.money($0) }
        toCollectDecimal = detail.toCollect.map { Format.typed($0) } ?? ""
        collectBy = order.deliveredAt.map {
            Format.date($0.advanced(days: UnconfirmedCash.dueAfterDays))
        }
        canCollect = detail.toCollect != nil && may(.refundOrders)
        let isOnTheWay = order.state == .shipped || order.state == .partlyShipped
        canRefuse = detail.toCollect != nil && isOnTheWay && may(.shipOrders)
        canRefundAll = canRefund && order.state != .paid
        refundable = Format.money(left)
        currency = amounts.total.currency.code
        refundableLines = Refundable.all(detail, titles)
        refundableShipping = detail.left.first { $0.line == nil && $0.shares.total > 0 }
            .map { Format.money(Money($0.shares.total, amounts.total.currency)) }
    }

    static func lines(_ address: Address) -> [String] {
        let town = [address.postalCode, address.city, address.region].compactMap { $0 }
        return [address.name] + address.lines
            + [town.joined(separator: " "), Countries.name(address.country)]
    }
}

extension OrderPage.Refund {
    init(
        _ refund: Kernel.Refund, of detail: OrderDetail, _ titles: [ID<OrderLine>: String],
        canRetry: Bool
    ) {
        let currency = refund.amount.currency
        amount = Format.money(refund.amount)
        what = RefundWords.what(refund, titles: titles)
        state = localized(name: refund.state.rawValue.replacing("_", with: " "))
        reason = RefundWords.reason(refund.reason, isStray: refund.kind == .stray)
        failure = refund.failure
        let given = refund.shares
        shares =
            localized(
                """
                \(Format.money(Money(given.seller, currency))) of it was yours, \
                \(Format.money(Money(given.commission + given.commissionVAT, currency))) commission
                """)
        let isRetried = detail.refunds.contains { $0.retries == refund.id }
        retry =
            refund.state == .failed && refund.kind != .stray && !isRetried && canRetry
            ? "/orders/\(detail.order.id)/refunds/\(refund.id)/retries" : nil
    }
}

extension OrderPage.Refundable {
    static func all(_ detail: OrderDetail, _ titles: [ID<OrderLine>: String]) -> [Self] {
        let currency = detail.order.amounts.total.currency
        return detail.left.filter { $0.quantity > 0 && $0.shares.total > 0 }
            .compactMap { part in part.line.map { ($0, part) } }.enumerated()
            .map { index, left in
                Self(
                    index: index, id: left.0.description, title: titles[left.0] ?? "",
                    quantity: left.1.quantity,
                    amount: Format.money(Money(left.1.shares.total, currency)))
            }
    }
}

extension OrderPage.Line {
    init(_ line: OrderLine) {
        id = line.id.description
        title = line.title
        options = line.optionsText.isEmpty ? nil : line.optionsText
        sku = line.sku
        picture = line.imageHash.map { ShownPicture.thumb($0) }
        quantity = line.quantity
        shipped = line.shipped
        withheld =
            line.withheld > 0 ? localized("\(line.withheld) refunded, not to be shipped") : nil
        toShip = line.toShip
        canShip = line.toShip > 0
        total = Format.money(line.total)
        commission = Format.money(line.commission)
        explanation = CommissionWords.explanation(line.commissionExplanation)
        reasoning = CommissionWords.reasoning(line.commissionReasoning)
    }
}
