import Postgres
import ProviderKit
import Vocabulary

/// Which payout takes which one back.
extension BankPayoutStore {
    /// Those of an account below zero of which nobody knows yet what they take back, the newest
    /// first; those that are older than a year stay unknown.
    func unlinked(of account: ID<PayoutAccount>, limit: Int) async throws -> [String] {
        try await db.query(
            """
            select reference from bank_payout
            where account_id = \(account) and amount < 0 and linked_at is null
                and made_at > now() - interval '1 year'
            order by made_at desc limit \(limit)::bigint
            """
        ).decode { c in try c.next(String.self) }
    }

    /// The provider said what the payout takes back, or that it takes none back. Said once.
    func link(
        _ reference: String, of account: ID<PayoutAccount>, to original: String?
    ) async throws {
        try await db.execute(
            """
            update bank_payout set reverses = \(original), linked_at = now()
            where account_id = \(account) and reference = \(reference) and linked_at is null
            """)
    }
}
