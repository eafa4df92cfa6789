import Postgres
import Vocabulary

/// A claim with what it is compared with.
struct StoredClaim: Sendable {
    let id: ID<PurchaseClaim>
    let claim: PurchaseClaim
    /// Where the link was sent, and whose the purchase is now.
    let email: String
    let purchaseEmail: String
    let account: ID<Account>?
}

/// Every statement on links to guests' purchases.
struct PurchaseClaimStore {
    let db: any Queryable

    /// A purchase by the number that people type and the address that it was made with, locked.
    func lockPurchase(number: String, email: String) async throws -> Purchase? {
        try await db.query(
            """
            select \(PurchaseStore.columns) from purchase b
            where b.number = \(number) and b.email = \(email) for update
            """
        ).decode(Purchase.init).first
    }

    /// Writes the link down, unless there were enough of them within the hour.
    func insert(
        _ id: ID<PurchaseClaim>, of purchase: Purchase, hash: [UInt8], lifetime: Duration
    ) async throws -> Bool {
        try await db.execute(
            """
            insert into purchase_claim (id, purchase_id, email, token_hash, expires_at)
            select \(id)::uuid, \(purchase.id)::uuid, \(purchase.email)::text,
                \(Bytes(hash))::bytea,
                now() + \(lifetime.components.seconds)::bigint * interval '1 second'
            where cardinality(array(
                select 1 from purchase_claim where purchase_id = \(purchase.id)::uuid
                    and created_at > now() - interval '1 hour'
                limit \(PurchaseClaim.hourlyMax)::int
            )) < \(PurchaseClaim.hourlyMax)::int
            """) == 1
    }

    /// A link that is good: not used, not too old.
    func find(_ hash: [UInt8]) async throws -> StoredClaim? {
        try await read(hash, locking: "")
    }

    /// The same, with purchase and link locked.
    func lock(_ hash: [UInt8]) async throws -> StoredClaim? {
        try await read(hash, locking: "for update")
    }

    private func read(_ hash: [UInt8], locking: SQL) async throws -> StoredClaim? {
        try await db.query(
            """
            select c.id, c.email, c.expires_at, b.id, b.number, b.placed_at, b.email, b.account_id
            from purchase_claim c join purchase b on b.id = c.purchase_id
            where c.token_hash = \(Bytes(hash)) and c.used_at is null and c.expires_at > now()
            \(locking)
            """
        ).decode { c in
            let id = try c.next(ID<PurchaseClaim>.self)
            let email = try c.next(String.self)
            let expiresAt = try c.next(Instant.self)
            return StoredClaim(
                id: id,
                claim: PurchaseClaim(
                    purchase: try c.next(), number: try c.next(), placedAt: try c.next(),
                    expiresAt: expiresAt),
                email: email, purchaseEmail: try c.next(), account: try c.next())
        }.first
    }

    /// The purchase and its checkout are the account's, and no more the browser's.
    func give(_ stored: StoredClaim, to account: ID<Account>) async throws {
        _ = try await db.batch([
            """
            update checkout set account_id = \(account), guest_token_hash = null
            where id = (select checkout_id from purchase where id = \(stored.claim.purchase))
            """,
            """
            update purchase set account_id = \(account), guest_token_hash = null
            where id = \(stored.claim.purchase)
            """,
            """
            update purchase_claim set used_at = now(), used_by = \(account)
            where id = \(stored.id)
            """,
        ])
    }

    /// Forgets links that have been over for a month.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from purchase_claim where id in (
                select id from purchase_claim where created_at < now() - interval '31 days'
                order by created_at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

extension Queryable {
    var purchaseClaims: PurchaseClaimStore { PurchaseClaimStore(db: self) }
}
