import Kernel
import Redis
import Vocabulary

/// Somebody whose password was right and whose code is still to come. Kept for five minutes in
/// Redis, under the hash of a token that only this browser has; it opens nothing by itself.
struct PendingSignIns: Sendable {
    static let lifetime = Duration.seconds(300)

    let redis: RedisClient
    let app: String

    private func key(_ token: String) -> String { "sign-in:\(app):\(Secrets.hash(token))" }

    func begin(_ account: Account) async throws -> String {
        let token = Secrets.token()
        _ = try await redis.send(
            "SET",
            [
                .string(key(token)), .string("\(account.id) \(account.accessEpoch)"), "EX",
                .int(Self.lifetime.components.seconds),
            ])
        return token
    }

    /// Whose password it was, and in which epoch the account was then.
    func find(_ token: String) async throws -> (account: ID<Account>, epoch: Int)? {
        guard Secrets.isToken(token),
            let text = try await redis.send("GET", [.string(key(token))]).text
        else { return nil }
        let parts = text.split(separator: " ")
        guard parts.count == 2, let account = ID<Account>(parts[0]), let epoch = Int(parts[1])
        else { return nil }
        return (account, epoch)
    }

    func end(_ token: String) async throws {
        _ = try await redis.send("DEL", [.string(key(token))])
    }
}

extension WebRequest {
    private var pendingCookie: String { sessionCookie + "_sign_in" }

    /// Remembers that the password was right, until the code comes.
    func awaitCode(of account: Account) async throws {
        do {
            let token = try await site.pendingSignIns.begin(account)
            setCookie(pendingCookie, token, maxAge: PendingSignIns.lifetime)
        } catch is RedisError { throw WebRefusal.sessionsUnavailable }
    }

    /// Whose code is awaited with this browser.
    func accountAwaitingCode() async throws -> Account? {
        guard let token = cookie(pendingCookie), !token.isEmpty else { return nil }
        let found: (account: ID<Account>, epoch: Int)?
        do { found = try await site.pendingSignIns.find(token) } catch is RedisError {
            throw WebRefusal.sessionsUnavailable
        }
        guard let found, let account = try await marketplace.account(found.account),
            account.accessEpoch == found.epoch
        else { return nil }
        return account
    }

    func endAwaitingCode() async throws {
        if let token = cookie(pendingCookie) {
            do { try await site.pendingSignIns.end(token) } catch is RedisError {
                throw WebRefusal.sessionsUnavailable
            }
        }
        setCookie(pendingCookie, "", maxAge: .zero)
    }

    /// Checks a code, guesses limited per account as passwords are.
    /// - Throws: ``SecondFactorRefusal``, ``WebRefusal/tooManyRequests(retryAfter:)``.
    func checkCode(_ code: String?, of account: Account) async throws {
        if code != nil { try await site.limiter.take(.password, "code \(account.id)") }
        try await marketplace.checkSecondFactor(of: account.id, code: code)
    }

    /// The account of an address, its password and, where it has a second factor, a code.
    /// - Throws: what ``checkPassword(_:_:)`` and ``checkCode(_:of:)`` throw.
    func prove(_ credentials: Credentials) async throws -> Account {
        let account = try await checkPassword(credentials.email, credentials.password)
        try await checkCode(credentials.code, of: account)
        return account
    }
}
