import Postgres
import Vocabulary

extension Marketplace {
    /// Makes what delivered orders earned available to their sellers when the hold is over, by
    /// the market's clock. Each order once: the ledger's key is the order's.
    /// - Returns: how many orders were looked at; call again until it is zero.
    @discardableResult
    public func releaseHolds(limit: Int = 100) async throws -> Int {
        try await database.transaction { tx in
            let due = try await tx.payouts.lockHeldOrders(limit: limit)
            if due.isEmpty { return 0 }
            let orders = due.map(\.order)
            // A refund that is being booked moves the same money: it goes first, or waits.
            try await tx.ledger.lock(due.map(\.wallet))
            let pending = try await tx.payouts.pending(of: orders)
            try await tx.ledger.post(
                pending.map { try .release($0.order, $0.amount, wallet: $0.wallet) })
            try await tx.payouts.markReleased(orders)
            return orders.count
        }
    }
}
