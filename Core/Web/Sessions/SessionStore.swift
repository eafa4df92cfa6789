import Kernel
import Redis
import Vocabulary

/// Somebody who signed in with a password.
public struct Session: Sendable, Equatable {
    public let account: ID<Account>
    /// Over at this time, however busy it is.
    public let until: Instant
    /// The shop that is worked on, in the seller app.
    public var seller: ID<Seller>?
}

/// Sessions in Redis under the SHA-256 of their token. Losing Redis signs people out, nothing else.
struct SessionStore: Sendable {
    /// A shared computer left alone.
    static let idle = Duration.seconds(12 * 3600)
    /// A stolen cookie does not live for ever.
    static let lifetime = Duration.seconds(30 * 86_400)

    let redis: RedisClient
    let app: String

    private func key(_ token: String) -> String { "session:\(app):\(Secrets.hash(token))" }
    private func index(_ account: ID<Account>) -> String { "sessions:\(app):\(account)" }

    /// A new token for `account`.
    func open(_ account: ID<Account>, seller: ID<Seller>? = nil) async throws -> String {
        let token = Secrets.token()
        let session = Session(
            account: account, until: Instant.systemNow.advanced(by: Self.lifetime), seller: seller)
        _ = try await redis.run(
            Self.openScript, keys: [key(token), index(account)],
            arguments: [
                .string(Self.text(session)), .int(Self.idle.components.seconds),
                .int(Self.lifetime.components.seconds),
            ])
        return token
    }

    /// The session of a token, its idle time started again; nil when there is none.
    func find(_ token: String) async throws -> Session? {
        guard Secrets.isToken(token) else { return nil }
        let reply = try await redis.send(
            "GETEX", [.string(key(token)), "EX", .int(Self.idle.components.seconds)])
        guard let text = reply.text, let session = Self.session(text),
            session.until > .systemNow
        else { return nil }
        return session
    }

    func save(_ session: Session, of token: String) async throws {
        _ = try await redis.send(
            "SET", [.string(key(token)), .string(Self.text(session)), "XX", "KEEPTTL"])
    }

    func close(_ token: String) async throws {
        _ = try await redis.send("DEL", [.string(key(token))])
    }

    /// Signs the account out everywhere.
    func closeAll(of account: ID<Account>) async throws {
        _ = try await redis.run(Self.closeAllScript, keys: [index(account)], arguments: [])
    }

    private static func text(_ session: Session) -> String {
        [session.account.description, session.until.description, session.seller?.description ?? ""]
            .joined(separator: " ")
    }

    private static func session(_ text: String) -> Session? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let account = ID<Account>(parts[0]), let until = Instant(parts[1])
        else { return nil }
        return Session(account: account, until: until, seller: ID<Seller>(parts[2]))
    }

    private static let openScript = RedisScript(
        """
        redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
        redis.call('SADD', KEYS[2], KEYS[1])
        redis.call('EXPIRE', KEYS[2], ARGV[3])
        if redis.call('SCARD', KEYS[2]) > 50 then
            for _, key in ipairs(redis.call('SMEMBERS', KEYS[2])) do
                if redis.call('EXISTS', key) == 0 then redis.call('SREM', KEYS[2], key) end
            end
        end
        return 1
        """)

    private static let closeAllScript = RedisScript(
        """
        for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('DEL', key) end
        return redis.call('DEL', KEYS[1])
        """)
}
