import Vocabulary

extension Marketplace {
    /// Whether any provider's secrets, or somebody's second factor, are still under another key
    /// than the newest.
    public func isKeyRotationUnfinished() async throws -> Bool {
        if try await database.providers.anySecrets(notUnder: providers.ownKey().id) {
            return true
        }
        return try await database.secondFactors.any(under: secondFactorKeys().olderIDs)
    }

    /// Puts the secrets of one provider under the newest key, in a transaction of its own, so that
    /// a rotation that is killed is gone on with where it was.
    /// - Returns: whose they were; nil when all are under the newest key.
    public func resealNextSecrets() async throws -> ID<ProviderInstance>? {
        try await database.transaction { tx in
            try await tx.providers.lockForSealing()
            let newest = try providers.ownKey().readNewestID()
            guard let id = try await tx.providers.lockNext(notUnder: newest),
                let configuration = try await tx.providers.configuration(of: id)
            else { return nil }
            let key = try providers.ownKey()
            try await tx.providers.reseal(
                id, secrets: key.seal(key.open(configuration.secrets, of: id), of: id),
                previousSecrets: key.seal(
                    key.open(configuration.previousSecrets, of: id), of: id))
            try await tx.audit.record(
                "provider.secrets-resealed", on: "provider_instance", id.description, by: nil,
                as: .system)
            return id
        }
    }

    /// Has `forget` drop the keys before the newest, while nothing can be sealed.
    /// - Throws: ``ProviderRefusal/keyInUse`` while secrets are under one of them.
    public func forgetOldKeys(_ forget: () throws -> Void) async throws {
        try await database.transaction { tx in
            try await tx.providers.lockAgainstSealing()
            try await tx.secondFactors.lockAgainstSealing()
            let newest = try providers.ownKey().readNewestID()
            let older = try secondFactorKeys().olderIDs
            guard try await !tx.providers.anySecrets(notUnder: newest),
                try await !tx.secondFactors.any(under: older)
            else {
                throw ProviderRefusal.keyInUse
            }
            try forget()
            try await tx.audit.record(
                "provider.old-keys-forgotten", on: "provider_key", newest, by: nil, as: .system)
        }
    }

    /// Ends the time in which webhooks signed with the secrets before the last change are still
    /// accepted.
    /// - Throws: ``ProviderRefusal``; `stateChanged` when it is no longer at `version`.
    public func forgetPreviousSecrets(
        _ id: ID<ProviderInstance>, version: Int, reason: String? = nil, as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        try await database.transaction { tx in
            guard let old = try await tx.providers.lock(id)?.instance else {
                throw ProviderRefusal.instanceMissing
            }
            guard old.configurationVersion == version else { throw ProviderRefusal.stateChanged }
            try await tx.providers.dropPreviousSecrets(id)
            try await tx.audit.record(
                "provider.previous-secrets-forgotten", on: "provider_instance", id.description,
                by: admin, reason: reason)
            guard let stored = try await tx.providers.find(id) else {
                throw ProviderRefusal.instanceMissing
            }
            return stored
        }
    }
}
