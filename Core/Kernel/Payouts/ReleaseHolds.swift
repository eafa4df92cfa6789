import Postgres
import Vocabulary

extension Marketplace {
    /// Makes what delivered orders earned available to their sellers when the hold is over, by
    /// the market's clock, less what the seller's policy keeps in reserve. Each order once: the
    /// ledger's key is the order's.
    /// - Returns: how many orders were looked at; call again until it is zero.
    @discardableResult
    public func releaseHolds(limit: Int = 100) async throws -> Int {
        try await database.transaction { tx in
            let due = try await tx.payouts.lockHeldOrders(limit: limit)
            if due.isEmpty { return 0 }
            let orders = due.map(\.order)
            // A refund that is being booked moves the same money: it goes first, or waits.
            try await tx.ledger.lock(due.map(\.wallet))
            var postings: [Posting] = []
            var holds: [ReserveHold] = []
            for pending in try await tx.payouts.pending(of: orders) {
                let kept = try pending.reserve.kept(of: pending.amount)
                postings.append(
                    try .release(
                        pending.order, pending.amount, kept: kept, wallet: pending.wallet))
                if kept.isPositive {
                    holds.append(
                        ReserveHold(
                            order: pending.order, wallet: pending.wallet, amount: kept,
                            days: pending.reserve.days))
                }
            }
            try await tx.ledger.post(postings)
            try await tx.reserves.insert(holds)
            try await tx.payouts.markReleased(orders)
            return orders.count
        }
    }

    /// Makes available what was kept in reserve when its time is over, each order's once.
    /// - Returns: how many orders were looked at; call again until it is zero.
    @discardableResult
    public func releaseReserves(limit: Int = 100) async throws -> Int {
        try await database.transaction { tx in
            let due = try await tx.reserves.lockDue(limit: limit)
            if due.isEmpty { return 0 }
            let orders = due.map(\.order)
            try await tx.ledger.lock(due.map(\.wallet))
            let kept = try await tx.reserves.kept(of: orders)
            try await tx.ledger.post(
                kept.map { try .reserveRelease($0.key.order, $0.key.amount, wallet: $0.value) })
            try await tx.reserves.markReleased(orders)
            return orders.count
        }
    }

    /// Everything whose time has come: holds first, since they fill the reserves.
    func releaseAllDue() async throws {
        while try await releaseHolds() > 0 {}
        while try await releaseReserves() > 0 {}
        try await settleFreezes()
    }
}
