import Vocabulary

/// What becomes of an order's pieces that were not shipped yet when money goes back for some of
/// them: those are shipped no more. Pure.
struct Packing: Hashable, Sendable {
    /// How many pieces of each line are not to be shipped any more; lines without any left out.
    let withheld: [ID<OrderLine>: Int]
    /// Whether something is still to be shipped after that.
    let isLeft: Bool

    /// - Parameter parts: the pieces that money goes back for; of those that were shipped and those
    ///   that were not, the latter first.
    init(_ lines: [OrderLine], without parts: [RefundPart]) {
        var withheld: [ID<OrderLine>: Int] = [:]
        for part in parts {
            guard let line = lines.first(where: { $0.id == part.line }) else { continue }
            let pieces = min(part.quantity, line.toShip)
            if pieces > 0 { withheld[line.id] = pieces }
        }
        self.withheld = withheld
        isLeft = lines.contains { $0.toShip > withheld[$0.id] ?? 0 }
    }
}
