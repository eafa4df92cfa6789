import Vocabulary

extension Marketplace {
    /// Makes a token for programs. The secret is shown this once; only its SHA-256 is kept.
    /// - Throws: ``InputRefusal`` for the name or a past expiry, ``AccountRefusal/tooManyTokens``.
    public func createAccessToken(
        named name: String, for audience: AccessToken.Audience, of account: ID<Account>,
        expiresAt: Instant? = nil
    ) async throws -> (token: AccessToken, secret: String) {
        let name = try InputText.line(name, field: "name", lengths: 1...80)
        if let expiresAt, expiresAt <= .systemNow {
            throw InputRefusal(.wrong("This time is over."), field: "expiresAt")
        }
        let secret = AccessToken.newSecret(for: audience)
        let token = AccessToken(
            id: ID(), audience: audience, name: name, createdAt: .systemNow,
            expiresAt: expiresAt, revokedAt: nil)
        guard
            try await database.accessTokens.insert(
                token, hash: AccessToken.hash(of: secret), of: account)
        else { throw AccountRefusal.tooManyTokens }
        return (token, secret)
    }

    /// The account that `secret` speaks for in the API of `audience`.
    /// - Throws: ``AccountRefusal/tokenInvalid`` when it is unknown, expired, revoked or another
    ///   app's.
    public func account(
        forToken secret: String, audience: AccessToken.Audience
    ) async throws -> Account {
        let account = try await database.accessTokens.findAccount(
            hash: AccessToken.hash(of: secret), audience: audience)
        guard let account else { throw AccountRefusal.tokenInvalid }
        return account
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
        guard try await database.accessTokens.revoke(id, of: account) else {
            throw AccountRefusal.tokenUnknown
        }
    }
}
