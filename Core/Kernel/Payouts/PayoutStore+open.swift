import Postgres
import Vocabulary

extension PayoutStore {
    /// Whether a payout of the wallet is not settled.
    func hasOpen(of wallet: ID<Wallet>, _ currency: Currency) async throws -> Bool {
        try await !db.query(
            """
            select from payout
            where wallet_id = \(wallet) and currency = \(currency)
                and state in ('held', 'sent', 'unknown')
            limit 1
            """
        ).isEmpty
    }
}
