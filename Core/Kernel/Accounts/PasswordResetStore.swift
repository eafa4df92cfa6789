import Postgres
import Vocabulary

/// Every statement on links that set a new password.
struct PasswordResetStore {
    let db: any Queryable

    /// Writes the link down, unless there were enough of them within the hour.
    func insert(
        _ id: ID<PasswordReset>, of account: ID<Account>, hash: [UInt8], lifetime: Duration
    ) async throws -> Bool {
        try await db.execute(
            """
            insert into password_reset (id, account_id, token_hash, expires_at)
            select \(id)::uuid, \(account)::uuid, \(Bytes(hash))::bytea,
                now() + \(lifetime.components.seconds)::bigint * interval '1 second'
            where cardinality(array(
                select 1 from password_reset where account_id = \(account)::uuid
                    and created_at > now() - interval '1 hour'
                limit \(PasswordReset.hourlyMax)::int
            )) < \(PasswordReset.hourlyMax)::int
            """) == 1
    }

    /// A link that is good: not used, not too old, of an open account.
    func find(_ hash: [UInt8]) async throws -> PasswordReset? {
        try await db.query(
            """
            select r.id, r.account_id, a.email
            from password_reset r join account a on a.id = r.account_id and a.state = 'active'
            where r.token_hash = \(Bytes(hash)) and r.used_at is null and r.expires_at > now()
            """
        ).decode { c in
            PasswordReset(id: try c.next(), account: try c.next(), email: try c.next())
        }.first
    }

    /// Uses the link up. False when somebody was faster, or its time ended meanwhile.
    func use(_ id: ID<PasswordReset>) async throws -> Bool {
        try await db.execute(
            """
            update password_reset set used_at = now()
            where id = \(id) and used_at is null and expires_at > now()
            """) == 1
    }

    /// No other link of the account opens anything any more.
    func endAll(of account: ID<Account>) async throws {
        try await db.execute(
            """
            update password_reset set used_at = now()
            where account_id = \(account) and used_at is null
            """)
    }

    /// Forgets links that have been over for a month.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from password_reset where id in (
                select id from password_reset where created_at < now() - interval '31 days'
                order by created_at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

extension Queryable {
    var passwordResets: PasswordResetStore { PasswordResetStore(db: self) }
}
