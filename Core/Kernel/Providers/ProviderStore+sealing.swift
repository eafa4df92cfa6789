import Postgres
import Vocabulary

/// Statements on the secrets as they are sealed.
extension ProviderStore {
    /// Before something is sealed: no key is dropped until the end of the transaction.
    func lockForSealing() async throws {
        try await db.execute("lock table provider_instance in row exclusive mode")
    }

    /// Nothing is sealed until the end of the transaction.
    func lockAgainstSealing() async throws {
        try await db.execute("lock table provider_instance in share mode")
    }

    /// The next instance whose secrets are under another key than this, locked; nil when there is
    /// none.
    func lockNext(notUnder keyID: String) async throws -> ID<ProviderInstance>? {
        try await db.query(
            """
            select id from provider_instance
            where coalesce(secrets, previous_secrets) is not null
                and secrets_key_id is distinct from \(keyID)
            order by id
            limit 1
            for update
            """
        ).decode { c in try c.next(ID<ProviderInstance>.self) }.first
    }

    /// Whether any secrets are under another key than this.
    func anySecrets(notUnder keyID: String) async throws -> Bool {
        try await !db.query(
            """
            select from provider_instance
            where coalesce(secrets, previous_secrets) is not null
                and secrets_key_id is distinct from \(keyID)
            limit 1
            """
        ).isEmpty
    }

    /// Stores settings and what was sealed with them, as a part of a new version of the
    /// configuration. Since when secrets from before a change are accepted is kept as long as there
    /// are any.
    func keep(
        _ id: ID<ProviderInstance>, settings: [String: String], _ sealed: SealedSettings
    ) async throws {
        let previous = sealed.before.bytes.map { Bytes($0) }
        try await db.execute(
            """
            update provider_instance
            set settings = \(JSON(settings)), secrets = \(sealed.present.bytes.map { Bytes($0) }),
                previous_secrets = \(previous), secrets_key_id = \(sealed.keyID),
                previous_secrets_since = case when \(previous)::bytea is not null
                    then coalesce(previous_secrets_since, now()) end
            where id = \(id)
            """)
    }

    /// Stores the same secrets under another key.
    func reseal(
        _ id: ID<ProviderInstance>, secrets: SealedSecrets, previousSecrets: SealedSecrets
    ) async throws {
        try await db.execute(
            """
            update provider_instance
            set secrets = \(secrets.bytes.map { Bytes($0) }),
                previous_secrets = \(previousSecrets.bytes.map { Bytes($0) }),
                secrets_key_id = \(secrets.keyID)
            where id = \(id)
            """)
    }

    /// Forgets the secrets before the last change.
    func dropPreviousSecrets(_ id: ID<ProviderInstance>) async throws {
        try await db.execute(
            """
            update provider_instance
            set previous_secrets = null, previous_secrets_since = null,
                configuration_version = configuration_version + 1
            where id = \(id)
            """)
    }
}
