import Kernel
import ProviderKit
import Redis
import Vocabulary

/// Somebody who signed in with a password.
public struct Session: Sendable, Equatable {
    public let account: ID<Account>
    /// Over at this time, however busy it is.
    public let until: Instant
    /// The shop that is worked on, in the seller app.
    public var seller: ID<Seller>?
    /// Nil for one that was begun by an older version.
    var startedAt: Instant?
    /// What it was begun with, in words.
    var device = ""
    /// Set where it is not the person's own: somebody of the back office looks on as them.
    var impersonation: ID<Impersonation>?
    /// In which its account was when it began: in another one it opens nothing.
    var epoch = 0

    /// Whether the session goes on for its account as that is now. One in which somebody looks on
    /// as the person goes on as its impersonation does.
    func isOf(_ account: Account) -> Bool {
        impersonation != nil || self.account == account.id && epoch == account.accessEpoch
    }
}

/// A session as its person sees it.
struct OpenSession: Sendable {
    /// Tells sessions apart, and opens none.
    let id: String
    let app: AccessToken.Audience
    let startedAt: Instant?
    /// To the minute, as it is counted from the time that it has left.
    let lastUsedAt: Instant
    let device: String
    /// Set where somebody of the back office looks on as the person.
    let impersonation: ID<Impersonation>?
    fileprivate let key: String
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
    private static func index(_ account: ID<Account>, _ app: String) -> String {
        "sessions:\(app):\(account)"
    }
    private static func id(ofKey key: String) -> String { String(Secrets.hash(key).prefix(24)) }

    /// The id of the session that a token opens.
    func id(of token: String) -> String { Self.id(ofKey: key(token)) }

    /// A new token for `account`.
    func open(_ account: Account, with device: String = "") async throws -> String {
        let now = Instant.systemNow
        return try await open(
            Session(
                account: account.id, until: now.advanced(by: Self.lifetime), seller: nil,
                startedAt: now, device: device, epoch: account.accessEpoch))
    }

    /// A new token for somebody who looks on as somebody else. The person sees it among their
    /// sessions, and ends it when they sign out everywhere.
    func open(_ impersonation: Impersonation) async throws -> String {
        try await open(
            Session(
                account: impersonation.account, until: impersonation.until,
                seller: impersonation.seller, startedAt: .systemNow,
                impersonation: impersonation.id))
    }

    private func open(_ session: Session) async throws -> String {
        let token = Secrets.token()
        _ = try await redis.run(
            Self.openScript, keys: [key(token), Self.index(session.account, app)],
            arguments: [
                .string(Self.text(session)), .int(Self.idle.components.seconds),
                .int(Self.lifetime.components.seconds),
            ])
        return token
    }

    /// Whether a session of an app goes on, by the SHA-256 of its token; it is not used by that.
    /// - Parameter epoch: that of its account now.
    static func isOpen(
        _ hash: String, in app: AccessToken.Audience, _ epoch: Int, _ redis: RedisClient
    ) async throws -> Bool {
        let reply = try await redis.send("GET", [.string("session:\(app.rawValue):\(hash)")])
        guard let text = reply.text, let session = session(text) else { return false }
        return session.until > .systemNow && session.epoch == epoch
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

    /// Signs the account out everywhere, in all apps.
    func closeAll(of account: ID<Account>) async throws {
        for app in AccessToken.Audience.allCases {
            _ = try await redis.run(
                Self.closeAllScript, keys: [Self.index(account, app.rawValue)], arguments: [])
        }
    }

    /// Where the account is signed in, in all apps, the last used first; a hundred at most.
    func list(of account: Account) async throws -> [OpenSession] {
        var open: [OpenSession] = []
        for app in AccessToken.Audience.allCases {
            let reply = try await redis.run(
                Self.listScript, keys: [Self.index(account.id, app.rawValue)],
                arguments: [.int(Int64(Self.listMax))])
            open += (reply.array ?? []).compactMap { Self.openSession($0, app, of: account) }
        }
        return Array(open.sorted { $0.lastUsedAt > $1.lastUsedAt }.prefix(Self.listMax))
    }

    private static let listMax = 100

    private static func openSession(
        _ reply: RedisReply, _ app: AccessToken.Audience, of account: Account
    ) -> OpenSession? {
        guard let parts = reply.array, parts.count == 3, let key = parts[0].text,
            let text = parts[1].text, let left = parts[2].int, left > 0,
            let session = session(text), session.account == account.id, session.isOf(account),
            session.until > .systemNow
        else { return nil }
        let unused = idle.components.seconds - left
        let minute = (Instant.systemNow.secondsSince1970 - max(0, unused)) / 60 * 60
        return OpenSession(
            id: id(ofKey: key), app: app, startedAt: session.startedAt,
            lastUsedAt: Instant(secondsSince1970: minute), device: session.device,
            impersonation: session.impersonation, key: key)
    }

    /// Ends one session of the account, in whichever app.
    /// - Returns: the one that was ended; nil when there was none.
    func close(id: String, of account: Account) async throws -> OpenSession? {
        guard let session = try await list(of: account).first(where: { $0.id == id }) else {
            return nil
        }
        _ = try await redis.send("DEL", [.string(session.key)])
        return session
    }

    /// Ends every session of the account but that of `token`.
    func closeOthers(of account: ID<Account>, than token: String?) async throws {
        let kept = token.map { key($0) } ?? ""
        for app in AccessToken.Audience.allCases {
            _ = try await redis.run(
                Self.closeOthersScript, keys: [Self.index(account, app.rawValue)],
                arguments: [.string(kept)])
        }
    }

    private static func text(_ session: Session) -> String {
        [
            session.account.description, session.until.description,
            session.seller?.description ?? "", session.startedAt?.description ?? "",
            base64(Array(session.device.utf8), urlSafe: true),
            session.impersonation?.description ?? "", String(session.epoch),
        ].joined(separator: " ")
    }

    private static func session(_ text: String) -> Session? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 3, let account = ID<Account>(parts[0]), let until = Instant(parts[1])
        else { return nil }
        // One that an older version began is of the first epoch.
        guard let epoch = parts.count > 6 ? Int(parts[6]) : 0 else { return nil }
        let device = parts.count > 4 ? bytes(base64: parts[4]) ?? [] : []
        return Session(
            account: account, until: until, seller: ID<Seller>(parts[2]),
            startedAt: parts.count > 3 ? Instant(parts[3]) : nil,
            device: String(decoding: device, as: UTF8.self),
            impersonation: parts.count > 5 ? ID<Impersonation>(parts[5]) : nil, epoch: epoch)
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

    private static let closeOthersScript = RedisScript(
        """
        for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
            if key ~= ARGV[1] then
                redis.call('DEL', key)
                redis.call('SREM', KEYS[1], key)
            end
        end
        return 1
        """)

    private static let listScript = RedisScript(
        """
        local found = {}
        for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
            local value = redis.call('GET', key)
            if value and #found < tonumber(ARGV[1]) then
                found[#found + 1] = {key, value, redis.call('TTL', key)}
            end
        end
        return found
        """)
}
