import Postgres
import Vocabulary

extension Seller {
    /// A debt may stand for so many days before its seller is restricted: time for the next sales
    /// to pay it.
    public static let debtGraceDays = 14
}

extension Marketplace {
    /// What a seller owes, for refunds after the payout and for commission of direct sales, is
    /// taken from what its wallets have available by now: from the same wallet first, from the
    /// oldest order first. Wallets whose books are at fault are left alone and told of.
    /// - Parameter limit: how many are read at once.
    /// - Returns: how many were paid, wholly or in part.
    @discardableResult
    public func recoverDebts(limit: Int = 100) async throws -> Int {
        var paid = 0
        var last: PayableDebt?
        while true {
            let debts = try await database.debts.payable(after: last, limit: limit)
            guard let next = debts.last else { return paid }
            for debt in debts {
                paid +=
                    try await unlessAtFault("wallet \(debt.owing), \(debt.currency)") {
                        try await recover(debt)
                    } ?? 0
            }
            last = next
        }
    }

    private func recover(_ debt: PayableDebt) async throws -> Int {
        try await database.transaction { tx in
            try await tx.ledger.lock([debt.owing, debt.paying])
            let owed = try await tx.debts.owed(debt)
            let orders = try await tx.payouts.claimable(
                in: debt.available, limit: Self.ordersPerRecoveryMax)
            let taken = Self.taken(owed, from: orders.map(\.item))
            guard !taken.isEmpty else { return 0 }
            try await tx.ledger.post([
                .recovery(
                    ID<Payout>(), from: taken, wallet: debt.paying, isFrozen: debt.isFrozen,
                    to: debt.account, debt.currency)
            ])
            return 1
        }
    }

    private static let ordersPerRecoveryMax = 200

    /// As much of these as pays what is owed.
    static func taken(_ owed: Int64, from items: [PayoutItem]) -> [PayoutItem] {
        var left = owed
        var taken: [PayoutItem] = []
        for item in items where left > 0 {
            let part = min(left, item.amount.amount)
            left -= part
            taken.append(
                PayoutItem(order: item.order, amount: Money(part, item.amount.currency)))
        }
        return taken
    }

    /// Notes who owes us since when, restricts sellers whose debt outlasted its grace, and lifts
    /// the restriction of those who owe nothing any more. A restricted seller goes on selling, so
    /// that sales pay the debt, but is paid nothing out and publishes nothing new.
    public func watchDebts() async throws {
        try await database.transaction { tx in
            for seller in try await tx.debts.noteBeginning() {
                try await tx.tell(seller, "seller.in-debt")
            }
            for seller in try await tx.debts.noteEnd() {
                try await tx.tell(seller, "seller.debt-paid")
            }
            for seller in try await tx.debts.restrict(afterDays: Seller.debtGraceDays) {
                try await tx.tell(seller, "seller.restricted")
                try await tx.audit.record(
                    "seller.restricted", on: "seller", seller.description, by: nil,
                    as: .system, reason: "in debt for \(Seller.debtGraceDays) days")
            }
        }
    }

    /// What debts need a worker for.
    func addDebts(to handlers: inout JobHandlers) {
        handlers.every(.seconds(10), JobKind("debts.recover", lane: .payments)) { _ in
            while try await recoverDebts() > 0 {}
            return .done
        }
        handlers.every(.seconds(60), JobKind("debts.watch", lane: .payments)) { _ in
            try await watchDebts()
            return .done
        }
    }
}

/// What a seller's team reads of a debt.
private struct DebtNotice: Codable, Sendable {
    let graceDays: Int
}

extension Transaction {
    fileprivate func tell(_ seller: ID<Seller>, _ topic: String) async throws {
        try await outbox.record(
            OutboxEvent(
                topic, about: "seller", seller, DebtNotice(graceDays: Seller.debtGraceDays)
            ).telling(team: seller))
    }
}
