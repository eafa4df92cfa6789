import Postgres
import Vocabulary

struct AccessTokenStore {
    let db: any Queryable

    /// Inserts unless the account has its fill of live tokens.
    func insert(_ token: AccessToken, hash: Bytes, of account: ID<Account>) async throws -> Bool {
        try await db.execute(
            """
            insert into access_token
                (id, account_id, audience, name, token_hash, created_at, expires_at, scopes)
            select \(token.id)::uuid, \(account)::uuid, \(token.audience)::text,
                \(token.name)::text, \(hash)::bytea, \(token.createdAt)::timestamptz,
                \(token.expiresAt)::timestamptz,
                \(token.scopes.map { $0.map(\.rawValue) })::text[]
            where cardinality(array(
                select 1 from access_token where account_id = \(account)::uuid
                    and revoked_at is null and (expires_at is null or expires_at > now())
                limit \(AccessToken.liveMax)::int
            )) < \(AccessToken.liveMax)::int
            """) == 1
    }

    /// The open account of a live token, and whether its use is to be noted.
    func findBearer(
        hash: Bytes, audience: AccessToken.Audience
    ) async throws -> (bearer: TokenBearer, token: ID<AccessToken>, isNews: Bool)? {
        try await db.query(
            """
            select a.id, a.email, a.name, a.created_at, a.access_epoch, t.id, t.scopes,
                t.last_used_at is null or t.last_used_at < now()
                    - \(AccessToken.usePrecision.components.seconds)::bigint * interval '1 second'
            from access_token t join account a on a.id = t.account_id
            where t.token_hash = \(hash) and t.audience = \(audience)
                and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
                and a.state = 'active'
            """
        ).decode { c in
            let account = try Account(columns: &c)
            let token = try c.next(ID<AccessToken>.self)
            let scopes = try c.next([TokenScope]?.self).map { Set($0) }
            return (
                bearer: TokenBearer(account: account, scopes: scopes), token: token,
                isNews: try c.next(Bool.self)
            )
        }.first
    }

    func noteUse(of id: ID<AccessToken>) async throws {
        try await db.execute("update access_token set last_used_at = now() where id = \(id)")
    }

    func list(of account: ID<Account>, _ page: PageRequest) async throws -> Page<AccessToken> {
        let rows = try await db.query(
            """
            select id, audience, name, created_at, expires_at, revoked_at, scopes, last_used_at
            from access_token
            where account_id = \(account)
                and (\(page.afterID)::uuid is null or id < \(page.afterID)::uuid)
            order by id desc
            limit \(page.limit + 1)::int
            """
        ).decode { c in
            AccessToken(
                id: try c.next(), audience: try c.next(), name: try c.next(),
                createdAt: try c.next(), expiresAt: try c.next(), revokedAt: try c.next(),
                scopes: try c.next(), lastUsedAt: try c.next())
        }
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// Ends all live tokens of an account.
    /// - Returns: how many there were.
    @discardableResult
    func revokeAll(of account: ID<Account>) async throws -> Int {
        try await db.execute(
            """
            update access_token set revoked_at = now()
            where account_id = \(account) and revoked_at is null
            """)
    }

    /// Whose API it opened; nil when the account has no such token.
    func revoke(
        _ id: ID<AccessToken>, of account: ID<Account>
    ) async throws -> AccessToken.Audience? {
        try await db.query(
            """
            update access_token set revoked_at = coalesce(revoked_at, now())
            where id = \(id) and account_id = \(account)
            returning audience
            """
        ).decode { c in try c.next(AccessToken.Audience.self) }.first
    }
}

extension Queryable {
    var accessTokens: AccessTokenStore { AccessTokenStore(db: self) }
}
