import Vocabulary

extension Marketplace {
    /// What a seller has: held, available, on its way, owed.
    public func balances(of seller: ID<Seller>) async throws -> [WalletBalance] {
        try await database.ledger.balances(of: seller)
    }

    /// What the platform has: at each provider, commission, tax to hand on, and money in suspense.
    public func platformBalances() async throws -> [PlatformBalance] {
        try await database.ledger.platformBalances()
    }

    /// Folds new entries into the platform accounts' sums; a recurring job.
    public func foldLedger() async throws {
        try await database.ledger.fold()
    }
}
