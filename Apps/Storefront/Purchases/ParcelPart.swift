import Kernel
import Vocabulary
import Web

/// One parcel of an order on its purchase's page; or what is in none, since it is still to be
/// packed or was called off.
struct ParcelPart {
    struct Line {
        let title: String
        let link: String
        let options: String?
        let picture: String?
        let quantity: Int
        let total: String
    }
    /// One of the stations that every parcel passes.
    struct Step {
        let label: String
        /// On which day; nil for what is to come, or of which nobody knows the day.
        let when: String?
        let isDone: Bool
    }

    /// Nil where it is all that the order has.
    let name: String?
    let standing: String
    let tone: String
    let steps: [Step]
    let hasSteps: Bool
    /// Nil for what is in no parcel.
    let carrier: String?
    let tracking: String?
    let trackingLink: String?
    let date: String
    /// Since when the customer has it, and who says so; nil for what has not arrived.
    let arrival: String?
    let lines: [Line]
    /// Where the customer says that it has arrived; nil where that is nothing to say.
    let confirm: String?

    /// The parcels in the order in which they were sent, then what is still to be sent, then what
    /// never will be.
    static func all(_ detail: OrderDetail) -> [ParcelPart] {
        let order = detail.order
        let isOver = order.state == .cancelled
        var open: [(line: OrderLine, quantity: Int)] = []
        var over: [(line: OrderLine, quantity: Int)] = []
        for line in detail.lines {
            if isOver {
                over.append((line, line.quantity - line.shipped))
            } else {
                open.append((line, line.toShip))
                over.append((line, line.withheld))
            }
        }
        open.removeAll { $0.quantity <= 0 }
        over.removeAll { $0.quantity <= 0 }
        let count = detail.shipments.count
        let isAlone = count + (open.isEmpty ? 0 : 1) + (over.isEmpty ? 0 : 1) == 1
        var parts = detail.shipments.enumerated().map { index, shipment in
            ParcelPart(
                shipment, of: detail,
                name: isAlone
                    ? nil
                    : count == 1 ? localized("Parcel") : localized("Parcel \(index + 1)"))
        }
        if !open.isEmpty {
            parts.append(
                ParcelPart(
                    detail, open, name: isAlone ? nil : localized("Still to be sent"),
                    standing: order.state == .awaitingPayment
                        ? order.state.said : (localized("being packed"), "good"),
                    steps: Step.all(detail, packed: false, sent: nil, arrived: nil)))
        }
        if !over.isEmpty {
            parts.append(
                ParcelPart(
                    detail, over, name: isAlone ? nil : localized("Not sent"),
                    standing: (localized("called off"), ""), steps: []))
        }
        return parts
    }

    private init(
        _ detail: OrderDetail, _ things: [(line: OrderLine, quantity: Int)], name: String?,
        standing: (words: String, tone: String), steps: [Step], shipment: Shipment? = nil,
        arrival: String? = nil, confirm: String? = nil
    ) {
        self.name = name
        (self.standing, tone) = standing
        self.steps = steps
        hasSteps = !steps.isEmpty
        carrier = shipment?.carrier
        tracking = shipment?.trackingNumber
        trackingLink = shipment?.trackingURL.flatMap { Self.safe($0) }
        date = shipment.map { Format.date($0.shippedAt) } ?? ""
        self.arrival = arrival
        lines = things.map { Line($0.line, $0.quantity) }
        self.confirm = confirm
    }

    private init(_ shipment: Shipment, of detail: OrderDetail, name: String?) {
        let order = detail.order
        let quantities = Dictionary(shipment.lines.map { ($0.line, $0.quantity) }) { $0 + $1 }
        let arrived = shipment.arrivedAt ?? order.deliveredAt
        let standing =
            if order.state == .cancelled {
                (localized("not taken"), "")
            } else if arrived == nil {
                (localized("on its way"), "good")
            } else {
                (localized("arrived"), "good")
            }
        let isOpen = arrived == nil && order.state != .cancelled
        self.init(
            detail,
            detail.lines.compactMap { line in quantities[line.id].map { (line, $0) } },
            name: name, standing: standing,
            steps: order.state == .cancelled
                ? []
                : Step.all(detail, packed: true, sent: shipment.shippedAt, arrived: arrived),
            shipment: shipment,
            arrival: arrived.map { Self.arrival(of: shipment, in: detail, on: Format.date($0)) },
            confirm: isOpen ? Links.delivery(of: shipment.id) : nil)
    }

    /// An order of which nobody says anything counts as delivered some day, which is noted.
    private static func arrival(
        of shipment: Shipment, in detail: OrderDetail, on day: String
    ) -> String {
        let isCounted =
            shipment.arrivedAt == nil && detail.events.last { $0.to == .delivered }?.note != nil
        return isCounted
            ? localized("It counts as arrived since \(day).")
            : localized("You said on \(day) that it has arrived.")
    }

    /// A seller's link must not run a script in the customer's page.
    private static func safe(_ url: String) -> String? {
        url.hasPrefix("https://") || url.hasPrefix("http://") ? url : nil
    }
}

extension ParcelPart.Line {
    fileprivate init(_ line: OrderLine, _ quantity: Int) {
        title = line.title
        link = Links.listing(line.listing, choosing: line.variant, of: line.optionsText)
        options = line.optionsText.isEmpty ? nil : line.optionsText
        picture = line.imageHash.map { ShownPicture.thumb($0) }
        self.quantity = quantity
        // A part of what was priced is never more than that, so that it always fits.
        let part = try? line.unitPrice.multiplied(by: quantity)
        total = Format.money(quantity == line.quantity ? line.total : part ?? line.total)
    }
}

extension ParcelPart.Step {
    fileprivate static func all(
        _ detail: OrderDetail, packed: Bool, sent: Instant?, arrived: Instant?
    ) -> [ParcelPart.Step] {
        func step(_ label: String, _ at: Instant?, isDone: Bool) -> ParcelPart.Step {
            ParcelPart.Step(label: label, when: at.map { Format.date($0) }, isDone: isDone)
        }
        let order = detail.order
        var steps = [
            step(localized("Ordered"), order.placedAt, isDone: true),
            step(
                localized("Paid"), order.paidAt,
                isDone: order.state != .awaitingPayment),
            step(localized("Packed"), nil, isDone: packed),
            step(localized("On its way"), sent, isDone: sent != nil),
            step(localized("Arrived"), arrived, isDone: arrived != nil),
        ]
        // What is paid at the door is paid last.
        if detail.toCollect != nil { steps.remove(at: 1) }
        return steps
    }
}
