import Postgres
import Vocabulary

extension Marketplace {
    /// Sets when a wallet is paid out in one currency, and how much there must be.
    /// - Parameter minimum: minor units; nil leaves the wallet's own.
    /// - Throws: ``WalletRefusal/unknown`` for another seller's, `InputRefusal` for a day or a
    ///   minimum that cannot be.
    public func setPayoutSchedule(
        of wallet: ID<Wallet>, _ currency: Currency, every: PayoutSchedule.Every, day: Int?,
        minimum: Int64?, as member: SellerMember
    ) async throws {
        try member.require(.editWallets)
        let schedule = try PayoutSchedule.checked(every: every, day: day)
        if let minimum, !(0...Money.amountMax).contains(minimum) {
            throw InputRefusal(.wrong("This amount is not possible."), field: "minimum")
        }
        try await database.transaction { tx in
            guard try await tx.wallets.find(wallet, of: member.seller) != nil else {
                throw WalletRefusal.unknown
            }
            try await tx.payoutSchedules.save(
                wallet, currency, schedule, minimum: minimum,
                nextAt: schedule.next(after: try await tx.clock.now()))
            try await tx.audit.record(
                "wallet.schedule-changed", on: "wallet", wallet.description, by: member.account,
                as: .seller, for: member.seller, before: PayoutSchedule?.none, after: schedule)
        }
    }

    /// When each of a seller's wallets is paid out next.
    public func payoutSchedules(of seller: ID<Seller>) async throws -> [ScheduledWallet] {
        let now = try await marketNow()
        return try await database.payoutSchedules.list(of: seller).map { wallet in
            // The job gives a wallet its first date when there is something to pay.
            guard wallet.nextAt == nil else { return wallet }
            return ScheduledWallet(
                wallet: wallet.wallet, currency: wallet.currency, schedule: wallet.schedule,
                minimum: wallet.minimum, nextAt: wallet.schedule.next(after: now))
        }
    }
}
