import Postgres
import Vocabulary

/// A second factor as it is stored.
struct StoredSecondFactor: Sendable {
    let secret: [UInt8]
    let keyID: String
    let confirmedAt: Instant?
    let lastStep: Int64
    let failures: Int
    let lockedUntil: Instant?
    let createdAt: Instant
}

/// Every statement on second factors and their recovery codes.
struct SecondFactorStore {
    let db: any Queryable

    func find(_ account: ID<Account>) async throws -> SecondFactor? {
        try await db.query(
            """
            select confirmed_at, cardinality(array(
                select 1 from recovery_code c
                where c.account_id = f.account_id and c.used_at is null))
            from second_factor f where account_id = \(account)
            """
        ).decode { c in
            SecondFactor(
                account: account, confirmedAt: try c.next(), recoveryCodesLeft: try c.next())
        }.first
    }

    func lock(_ account: ID<Account>) async throws -> StoredSecondFactor? {
        try await db.query(
            """
            select secret, key_id, confirmed_at, last_step, failures, locked_until, created_at
            from second_factor where account_id = \(account) for update
            """
        ).decode { c in
            StoredSecondFactor(
                secret: try c.next(Bytes.self).bytes, keyID: try c.next(),
                confirmedAt: try c.next(), lastStep: try c.next(), failures: try c.next(),
                lockedUntil: try c.next(), createdAt: try c.next())
        }.first
    }

    /// Stores a secret in place of one that was not confirmed.
    /// - Returns: false when there is one that was.
    func begin(_ secret: SealedSecrets, of account: ID<Account>) async throws -> Bool {
        try await db.execute(
            """
            insert into second_factor (account_id, secret, key_id)
            values (\(account), \(secret.bytes.map { Bytes($0) }), \(secret.keyID))
            on conflict (account_id) do update set secret = excluded.secret,
                key_id = excluded.key_id, created_at = now(), last_step = 0, failures = 0,
                locked_until = null
            where second_factor.confirmed_at is null
            """) == 1
    }

    func markConfirmed(_ account: ID<Account>, step: Int64) async throws {
        try await db.execute(
            """
            update second_factor set confirmed_at = now(), last_step = \(step), failures = 0,
                locked_until = null
            where account_id = \(account)
            """)
    }

    func markPassed(_ account: ID<Account>, step: Int64?) async throws {
        try await db.execute(
            """
            update second_factor set last_step = greatest(last_step, \(step)::bigint),
                failures = 0, locked_until = null
            where account_id = \(account)
            """)
    }

    /// Counts a wrong code; nobody looks at the next one before `lockedUntil`.
    func markFailed(
        _ account: ID<Account>, failures: Int, lockedUntil: Instant?
    ) async throws {
        try await db.execute(
            """
            update second_factor set failures = \(failures), locked_until = \(lockedUntil)
            where account_id = \(account)
            """)
    }

    func replaceRecoveryCodes(_ hashes: [[UInt8]], of account: ID<Account>) async throws {
        _ = try await db.batch([
            "delete from recovery_code where account_id = \(account)",
            """
            insert into recovery_code (account_id, code_hash)
            select \(account)::uuid, unnest(\(hashes.map { Bytes($0) })::bytea[])
            """,
        ])
    }

    /// Whether it was there and unused.
    func useRecoveryCode(_ hash: [UInt8], of account: ID<Account>) async throws -> Bool {
        try await db.execute(
            """
            update recovery_code set used_at = now()
            where account_id = \(account) and code_hash = \(Bytes(hash)) and used_at is null
            """) == 1
    }

    func delete(_ account: ID<Account>) async throws -> Bool {
        try await db.execute("delete from second_factor where account_id = \(account)") == 1
    }

    /// Before a secret is sealed: no key is dropped until the end of the transaction.
    func lockForSealing() async throws {
        try await db.execute("lock table second_factor in row exclusive mode")
    }

    /// Nothing is sealed until the end of the transaction.
    func lockAgainstSealing() async throws {
        try await db.execute("lock table second_factor in share mode")
    }

    /// The next one whose secret is under one of these keys, locked; nil when there is none.
    func lockNext(under keyIDs: [String]) async throws -> (ID<Account>, StoredSecondFactor)? {
        let found = try await db.query(
            """
            select account_id from second_factor where key_id = any(\(keyIDs)::text[])
            order by account_id limit 1 for update
            """
        ).decode { c in try c.next(ID<Account>.self) }.first
        guard let found, let stored = try await lock(found) else { return nil }
        return (found, stored)
    }

    func any(under keyIDs: [String]) async throws -> Bool {
        try await !db.query(
            "select from second_factor where key_id = any(\(keyIDs)::text[]) limit 1"
        ).isEmpty
    }

    func reseal(_ account: ID<Account>, _ secret: SealedSecrets) async throws {
        try await db.execute(
            """
            update second_factor set secret = \(secret.bytes.map { Bytes($0) }),
                key_id = \(secret.keyID)
            where account_id = \(account)
            """)
    }
}

extension Queryable {
    var secondFactors: SecondFactorStore { SecondFactorStore(db: self) }
}
