import Postgres
import Vocabulary

/// Every statement on frozen payouts.
struct PayoutFreezeStore: Sendable {
    let db: any Queryable

    func insert(_ seller: ID<Seller>, reason: String, by admin: ID<Account>) async throws {
        try await db.execute(
            """
            insert into payout_freeze (id, seller_id, reason, frozen_by)
            values (\(ID<PayoutFreeze>()), \(seller), \(reason), \(admin))
            """)
    }

    /// False when nothing is frozen.
    func lift(_ seller: ID<Seller>, by admin: ID<Account>) async throws -> Bool {
        try await db.execute(
            """
            update payout_freeze set lifted_by = \(admin), lifted_at = market_now()
            where seller_id = \(seller) and lifted_at is null
            """) == 1
    }

    func find(_ seller: ID<Seller>) async throws -> PayoutFreeze? {
        try await db.query(
            """
            select seller_id, reason, frozen_by, frozen_at from payout_freeze
            where seller_id = \(seller) and lifted_at is null
            """
        ).decode { c in
            try PayoutFreeze(
                seller: c.next(), reason: c.next(), frozenBy: c.next(), frozenAt: c.next())
        }.first
    }
}

extension Queryable {
    var payoutFreezes: PayoutFreezeStore { PayoutFreezeStore(db: self) }
}
