import Postgres
import Vocabulary

extension Marketplace {
    /// Moves what is available of sellers whose payouts are frozen into their frozen accounts, and
    /// back what is frozen of all others. The worker does it too, so that what became available
    /// since, and what a crash left behind, follows; payouts look at the freeze itself and never
    /// wait for this. An account whose books are at fault is left alone and told of.
    /// - Parameter seller: nil is everybody.
    public func settleFreezes(of seller: ID<Seller>? = nil) async throws {
        try await settleFreezes(of: seller, limit: 100)
    }

    /// - Parameter limit: how many accounts are read at once; those at fault keep nobody waiting.
    func settleFreezes(of seller: ID<Seller>?, limit: Int) async throws {
        var last: Int64 = 0
        while true {
            let accounts = try await database.payoutFreezes.unsettled(
                of: seller, after: last, limit: limit)
            guard let next = accounts.last else { return }
            for account in accounts {
                let subject = "wallet \(account.wallet), \(account.currency)"
                var moved = FreezableAccount.ordersMax
                while moved == FreezableAccount.ordersMax {
                    moved = try await unlessAtFault(subject) { try await settle(account) } ?? 0
                }
            }
            last = next.account
        }
    }

    /// - Returns: how many orders' money was moved.
    private func settle(_ account: FreezableAccount) async throws -> Int {
        try await database.transaction { tx in
            // Locked, so that a freeze is not lifted while its money is on the way.
            guard let freeze = try await tx.payoutFreezes.lockNewest(of: account.seller),
                freeze.isInForce != account.isFrozen
            else { return 0 }
            try await tx.ledger.lock(account.wallet, account.currency)
            let items = try await tx.payoutFreezes.items(in: account)
            guard !items.isEmpty else { return 0 }
            let number = try await tx.payoutFreezes.countMove(of: freeze.id)
            try await tx.ledger.post([
                freeze.isInForce
                    ? .freeze(
                        freeze.id, number, of: items, wallet: account.wallet, account.currency)
                    : .thaw(freeze.id, number, of: items, wallet: account.wallet, account.currency)
            ])
            return items.count
        }
    }
}
