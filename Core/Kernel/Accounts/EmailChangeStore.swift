import Postgres
import Vocabulary

/// Every statement on links that give an account another address.
struct EmailChangeStore {
    let db: any Queryable

    /// Writes the link down, unless there were enough of them within the hour.
    func insert(
        _ change: EmailChange, from old: String, hash: [UInt8]
    ) async throws -> Bool {
        try await db.execute(
            """
            insert into email_change (id, account_id, old_email, new_email, token_hash, expires_at)
            select \(change.id)::uuid, \(change.account)::uuid, \(old)::text,
                \(change.email)::text, \(Bytes(hash))::bytea,
                now() + \(EmailChange.lifetime.components.seconds)::bigint * interval '1 second'
            where cardinality(array(
                select 1 from email_change where account_id = \(change.account)::uuid
                    and created_at > now() - interval '1 hour'
                limit \(EmailChange.hourlyMax)::int
            )) < \(EmailChange.hourlyMax)::int
            """) == 1
    }

    /// A link that is good: not used, not too old, of an open account.
    func find(_ hash: [UInt8]) async throws -> EmailChange? {
        try await db.query(
            """
            select c.id, c.account_id, c.new_email
            from email_change c join account a on a.id = c.account_id and a.state = 'active'
            where c.token_hash = \(Bytes(hash)) and c.used_at is null and c.expires_at > now()
            """
        ).decode { c in
            EmailChange(id: try c.next(), account: try c.next(), email: try c.next())
        }.first
    }

    /// Uses the link up. False when somebody was faster, or its time ended meanwhile.
    func use(_ id: ID<EmailChange>) async throws -> Bool {
        try await db.execute(
            """
            update email_change set used_at = now()
            where id = \(id) and used_at is null and expires_at > now()
            """) == 1
    }

    /// No link of the account opens anything any more.
    func endAll(of account: ID<Account>) async throws {
        try await db.execute(
            """
            update email_change set used_at = now()
            where account_id = \(account) and used_at is null
            """)
    }

    /// Forgets those whose letters are forgotten: an erasure finds them by the addresses.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from email_change where id in (
                select id from email_change where created_at < now() - interval '90 days'
                order by created_at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

extension Queryable {
    var emailChanges: EmailChangeStore { EmailChangeStore(db: self) }
}
