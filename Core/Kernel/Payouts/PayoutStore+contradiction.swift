import Postgres
import Vocabulary

extension PayoutStore {
    /// Writes down once that a failed payout was paid; false when that is known.
    func markContradicted(_ id: ID<Payout>, reference: String) async throws -> Bool {
        try await db.execute(
            """
            update payout
            set contradicted_at = market_now(), reference = coalesce(reference, \(reference))
            where id = \(id) and state = 'failed' and contradicted_at is null
            """) == 1
    }

    /// Writes down what happened to a paid payout that it stays paid after.
    func note(_ id: ID<Payout>, failure: String, version: Int64) async throws {
        try await db.execute(
            """
            update payout set failure = \(failure), version = greatest(version, \(version))
            where id = \(id) and state = 'paid'
            """)
    }

    /// Whether a payout of this seller was paid after it had failed and is not booked yet.
    func hasContradicted(of seller: ID<Seller>) async throws -> Bool {
        try await !db.query(
            """
            select id from payout
            where seller_id = \(seller) and state = 'failed' and contradicted_at is not null
            limit 1
            """
        ).isEmpty
    }
}
