import Vocabulary

/// What becomes of an order's pieces that were not shipped yet when money goes back for some of
/// them: those are shipped no more. Pure.
struct Packing: Hashable, Sendable {
    /// How many pieces of each line are not to be shipped any more; lines without any left out.
    let withheld: [ID<OrderLine>: Int]
    /// How many of these were not to be shipped before that.
    let shelved: [ID<OrderLine>: Int]
    /// Whether something is still to be shipped after that.
    let isLeft: Bool

    /// - Parameters:
    ///   - parts: the pieces that money goes back for; of those that were shipped and those that
    ///     were not, the latter first.
    ///   - idle: the pieces of each line that are for sale again though no refund stands for them:
    ///     the customer's bank sent its money back. They come before all others.
    init(
        _ lines: [OrderLine], without parts: [RefundPart], idle: [ID<OrderLine>: Int] = [:]
    ) {
        var withheld: [ID<OrderLine>: Int] = [:]
        var shelved: [ID<OrderLine>: Int] = [:]
        for part in parts {
            guard let line = lines.first(where: { $0.id == part.line }) else { continue }
            let known = min(part.quantity, idle[line.id] ?? 0)
            let pieces = known + min(part.quantity - known, line.toShip)
            if known > 0 { shelved[line.id] = known }
            if pieces > 0 { withheld[line.id] = pieces }
        }
        self.withheld = withheld
        self.shelved = shelved
        isLeft = lines.contains {
            $0.toShip > (withheld[$0.id] ?? 0) - (shelved[$0.id] ?? 0)
        }
    }

    /// What becomes of the pieces when the money has gone back.
    func pieces(
        _ choice: Restocking, _ lines: [OrderLine], of parts: [RefundPart], from basis: RefundBasis
    ) -> RefundedPieces {
        RefundedPieces(
            restocking: choice, withheld: withheld, shelved: shelved,
            restocked: restocked(choice, lines, of: parts, from: basis))
    }

    /// How many pieces of each line are for sale again when the money has gone back; lines without
    /// any left out. Never more than money went back for in all: a refund that the bank sent back
    /// may have brought its pieces to the shelf already.
    /// - Parameter basis: what was left of each line before the refund.
    func restocked(
        _ choice: Restocking, _ lines: [OrderLine], of parts: [RefundPart], from basis: RefundBasis
    ) -> [ID<OrderLine>: Int] {
        var restocked: [ID<OrderLine>: Int] = [:]
        for part in parts {
            guard let line = lines.first(where: { $0.id == part.line }) else { continue }
            let wanted =
                switch choice {
                case .unshipped: (withheld[line.id] ?? 0) - (shelved[line.id] ?? 0)
                case .everything: part.quantity
                case .nothing: 0
                }
            let left = basis.parts.first { $0.line == line.id }?.quantity ?? 0
            let refunded = line.quantity - left + part.quantity
            let pieces = min(wanted, refunded - line.restocked)
            if pieces > 0 { restocked[line.id] = pieces }
        }
        return restocked
    }
}
