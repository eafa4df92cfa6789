import Vocabulary

extension Marketplace {
    /// Makes a token for programs. The secret is shown this once; only its SHA-256 is kept.
    /// - Parameter scopes: what it may do at most, in the seller app; nil for all that the account
    ///   may do there.
    /// - Parameter expiresAt: in 90 days where nobody says it, and within a year.
    /// - Parameter epoch: that of the account when its password was proved; nil where a session or
    ///   another token spoke for it.
    /// - Throws: ``InputRefusal`` for the name, the expiry or the scopes,
    ///   ``AccountRefusal/tooManyTokens``, ``AccountRefusal/signInFailed`` where the password is
    ///   another one meanwhile.
    public func createAccessToken(
        named name: String, for audience: AccessToken.Audience, of account: ID<Account>,
        scopes: [TokenScope]? = nil, expiresAt: Instant? = nil, since epoch: Int? = nil
    ) async throws -> (token: AccessToken, secret: String) {
        let name = try InputText.line(name, field: "name", lengths: 1...80)
        let now = Instant.systemNow
        let end = expiresAt ?? now.advanced(by: AccessToken.lifetime)
        guard end > now else {
            throw InputRefusal(.wrong("This time is over."), field: "expiresAt")
        }
        guard end <= now.advanced(by: AccessToken.lifetimeMax) else {
            throw InputRefusal(.wrong("A token lasts a year at most."), field: "expiresAt")
        }
        if let scopes {
            guard audience == .seller else {
                throw InputRefusal(
                    .wrong("Only tokens of the seller app have scopes."), field: "scopes")
            }
            guard !scopes.isEmpty else {
                throw InputRefusal(.wrong("Say what the token may do."), field: "scopes")
            }
        }
        let secret = AccessToken.newSecret(for: audience)
        let token = AccessToken(
            id: ID(), audience: audience, name: name, createdAt: now, expiresAt: end,
            revokedAt: nil, scopes: scopes.map(Self.sorted), lastUsedAt: nil)
        try await database.transaction { tx in
            if let epoch, try await !tx.accounts.holdEpoch(epoch, of: account) {
                throw AccountRefusal.signInFailed
            }
            let before = try await tx.audit.before("account", account.description)
            guard
                try await tx.accessTokens.insert(
                    token, hash: AccessToken.hash(of: secret), of: account)
            else { throw AccountRefusal.tooManyTokens }
            // The trail is for ever, and a customer's words are theirs to take back.
            try await tx.audit.record(
                "account.token-made", on: "account", account.description, by: account,
                as: audience.actor, reason: audience == .customer ? nil : name, before: before)
        }
        return (token, secret)
    }

    /// The account that `secret` speaks for in the API of `audience`.
    /// - Throws: ``AccountRefusal/tokenInvalid`` when it is unknown, expired, revoked or another
    ///   app's.
    public func account(
        forToken secret: String, audience: AccessToken.Audience
    ) async throws -> Account {
        try await bearer(ofToken: secret, audience: audience).account
    }

    /// The same with what the token may do at most. Notes that it was used.
    /// - Throws: ``AccountRefusal/tokenInvalid``.
    public func bearer(
        ofToken secret: String, audience: AccessToken.Audience
    ) async throws -> TokenBearer {
        let found = try await database.accessTokens.findBearer(
            hash: AccessToken.hash(of: secret), audience: audience)
        guard let found else { throw AccountRefusal.tokenInvalid }
        if found.isNews { try await database.accessTokens.noteUse(of: found.token) }
        return found.bearer
    }

    /// Each once, in the order in which they are declared.
    private static func sorted(_ scopes: [TokenScope]) -> [TokenScope] {
        TokenScope.allCases.filter { scopes.contains($0) }
    }

    /// The account's tokens, newest first, revoked ones too.
    public func accessTokens(
        of account: ID<Account>, _ page: PageRequest = PageRequest()
    ) async throws -> Page<AccessToken> {
        try await database.accessTokens.list(of: account, page)
    }

    /// Ends a token at once; ending it twice changes nothing.
    /// - Throws: ``AccountRefusal/tokenUnknown`` when it is not this account's.
    public func revokeAccessToken(
        _ id: ID<AccessToken>, of account: ID<Account>
    ) async throws {
        try await database.transaction { tx in
            let before = try await tx.audit.before("account", account.description)
            guard let audience = try await tx.accessTokens.revoke(id, of: account) else {
                throw AccountRefusal.tokenUnknown
            }
            try await tx.audit.record(
                "account.token-revoked", on: "account", account.description, by: account,
                as: audience.actor, before: before)
        }
    }
}

extension AccessToken.Audience {
    /// As what somebody acts who has such a token.
    var actor: ActorKind {
        switch self {
        case .customer: .customer
        case .seller: .seller
        case .admin: .admin
        }
    }
}
