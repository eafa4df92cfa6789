import Kernel
import Vocabulary

/// What is to be given back of an order, as sellers and administrators say it.
public struct RefundInput: Described {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case whole, lines, amount, goodwill
    }
    public enum Funder: String, Codable, Sendable, CaseIterable { case platform, seller }
    public enum Restocking: String, Codable, Sendable, CaseIterable {
        case unshipped, everything, nothing
    }

    public struct RefundedLineInput: Described {
        public let lineId: ID<OrderLine>
        public let quantity: Int
        public static let rules: [String: [Rule]] = ["quantity": [.range(0...999)]]
    }

    public let reason: String
    /// Without it, everything that is left.
    public let kind: Kind?
    /// Of `lines`: how many pieces of which.
    public let lines: [RefundedLineInput]?
    /// Of `lines`: whether the shipping goes back too.
    public let shipping: Bool?
    /// Of `amount` and `goodwill`.
    public let amount: Money?
    /// Of `goodwill`: who pays it; the seller when it is not said.
    public let fundedBy: Funder?
    /// Which of the pieces are for sale again when the money has gone back; those that were never
    /// shipped when it is not said.
    public let restocking: Restocking?
    /// Of a sale that was paid to the seller directly: under which reference the seller gave it
    /// back.
    public let paidBackAs: String?

    public static let rules: [String: [Rule]] = [
        "reason": [.length(1...500)], "lines": [.count(0...200)], "paidBackAs": [.length(0...200)],
    ]

    /// - Throws: ``RefundRefusal`` when what its kind needs is missing.
    public func wish() throws(RefundRefusal) -> RefundWish {
        switch kind ?? .whole {
        case .whole: return .everything
        case .lines:
            // A form sends every line, those that stay with zero pieces.
            let chosen = (lines ?? []).filter { $0.quantity > 0 }
            return .lines(
                chosen.map { RefundedLine(line: $0.lineId, quantity: $0.quantity) },
                shipping: shipping ?? false)
        case .amount:
            guard let amount else { throw .notPositive }
            return .amount(amount)
        case .goodwill:
            guard let amount else { throw .notPositive }
            return .goodwill(amount, fundedBy: fundedBy == .platform ? .platform : .seller)
        }
    }
}

extension RefundInput.Restocking? {
    public var kernel: Kernel.Restocking {
        switch self {
        case nil, .unshipped: .unshipped
        case .everything: .everything
        case .nothing: .nothing
        }
    }
}

/// Which refund of which order.
public struct RefundPath: Described {
    public let order: ID<Order>
    public let refund: ID<Refund>
}
