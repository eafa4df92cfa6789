import Kernel
import Vocabulary

/// How an order stands, as the apps' answers say it.
public enum OrderStateAnswer: String, Codable, Sendable, CaseIterable {
    case awaitingPayment, paid, partlyShipped, shipped, delivered, cancelled

    public init(_ state: Order.State) {
        switch state {
        case .awaitingPayment: self = .awaitingPayment
        case .paid: self = .paid
        case .partlyShipped: self = .partlyShipped
        case .shipped: self = .shipped
        case .delivered: self = .delivered
        case .cancelled: self = .cancelled
        }
    }

    public var kernel: Order.State {
        switch self {
        case .awaitingPayment: .awaitingPayment
        case .paid: .paid
        case .partlyShipped: .partlyShipped
        case .shipped: .shipped
        case .delivered: .delivered
        case .cancelled: .cancelled
        }
    }
}

/// One entry of an order's timeline.
public struct OrderEventAnswer: Codable, Sendable {
    public let at: Instant
    public let kind: String
    public let note: String?

    public init(_ event: OrderEvent) {
        at = event.at
        kind = event.kind
        note = event.note
    }
}
