import Redis
import Synchronization
import Vocabulary

/// What kind of request it is, for limits.
public enum RateClass: String, Sendable, CaseIterable {
    /// Looking at things.
    case read
    /// Changing things.
    case write
    /// Changing things, per account, wherever it is signed in.
    case accountWrite
    /// Trying to sign in, per address; refused when it cannot be counted.
    case signIn
    /// Trying one account's password; refused when it cannot be counted.
    case password
    /// Making accounts, per address.
    case register
    /// Webhooks that nobody has signed, per address and provider; others are not counted.
    case webhook
    /// What costs nothing.
    case unlimited
}

/// How many requests of a class one caller may send within a window; a count of zero means that
/// there is no limit.
public struct RateLimits: Sendable {
    public struct Limit: Sendable {
        public var count: Int
        public var seconds: Int

        public init(_ count: Int, per seconds: Int) {
            self.count = count
            self.seconds = seconds
        }
    }

    /// A busy office behind one address still reads; a crawler does not starve it.
    public var read = Limit(6_000, per: 60)
    public var write = Limit(600, per: 60)
    /// Twice what somebody does who fills a catalogue with a program.
    public var accountWrite = Limit(600, per: 60)
    /// A class room signs in behind one address; a dictionary does not.
    public var signIn = Limit(60, per: 300)
    /// Ten guesses in five minutes: a person who forgot.
    public var password = Limit(10, per: 300)
    public var register = Limit(60, per: 600)
    /// A provider whose secret has just changed; somebody who guesses gets no further.
    public var webhook = Limit(60, per: 60)

    public init() {}

    subscript(limit: RateClass) -> Limit? {
        switch limit {
        case .read: read
        case .write: write
        case .accountWrite: accountWrite
        case .signIn: signIn
        case .password: password
        case .register: register
        case .webhook: webhook
        case .unlimited: nil
        }
    }
}

/// Counts requests in Redis, in fixed windows. Reads and writes take their allowance in batches, so
/// that a hot page does not ask Redis every time; sign-ins are counted one by one.
final class RateLimiter: Sendable {
    /// Requests taken from the shared window at once. Small enough to be fair between processes.
    private static let batch = 20
    /// How many callers' allowances one process remembers.
    private static let callersMax = 20_000

    private struct Allowance {
        var left: Int
        var until: Instant
    }

    private let redis: RedisClient
    private let limits: RateLimits
    private let app: String
    private let allowances = Mutex<[String: Allowance]>([:])
    /// Until when a caller is refused unheard, of whom too much was refused.
    private let spent = Mutex<[String: Instant]>([:])

    init(redis: RedisClient, limits: RateLimits, app: String) {
        self.redis = redis
        self.limits = limits
        self.app = app
    }

    /// - Throws: ``WebRefusal/tooManyRequests(retryAfter:)``; for sign-ins also
    ///   ``WebRefusal/sessionsUnavailable`` when Redis cannot be asked. All else passes then.
    func take(_ limit: RateClass, _ caller: String) async throws {
        guard let rule = limits[limit], rule.count > 0 else { return }
        if limit == .signIn || limit == .password {
            do { try await count(rule, limit, caller, 1) } catch is RedisError {
                throw WebRefusal.sessionsUnavailable
            }
            return
        }
        let key = "\(limit.rawValue) \(caller)"
        let now = Instant.systemNow
        let hasAllowance = allowances.withLock { known in
            guard var allowance = known[key], allowance.left > 0, allowance.until > now else {
                return false
            }
            allowance.left -= 1
            known[key] = allowance
            return true
        }
        guard !hasAllowance else { return }
        let batch = min(Self.batch, max(1, rule.count / 10))
        do { try await count(rule, limit, caller, batch) } catch is RedisError { return }
        allowances.withLock { known in
            if known.count >= Self.callersMax { known.removeAll() }
            known[key] = Allowance(
                left: batch - 1, until: now.advanced(by: .seconds(min(rule.seconds, 10))))
        }
    }

    /// Refuses a caller whom ``countRefusal(_:_:)`` has refused in this process, until then.
    /// - Throws: ``WebRefusal/tooManyRequests(retryAfter:)``
    func requireCredit(_ limit: RateClass, _ caller: String) throws(WebRefusal) {
        let until = spent.withLock { $0["\(limit.rawValue) \(caller)"] }
        guard let until else { return }
        let left = until.secondsSince1970 - Instant.systemNow.secondsSince1970
        if left > 0 { throw .tooManyRequests(retryAfter: Int(left)) }
    }

    /// Counts something of a caller that was refused.
    /// - Throws: ``WebRefusal/tooManyRequests(retryAfter:)`` when it was one too many.
    func countRefusal(_ limit: RateClass, _ caller: String) async throws {
        guard let rule = limits[limit], rule.count > 0 else { return }
        do { try await count(rule, limit, caller, 1) } catch is RedisError {
            return
        } catch WebRefusal.tooManyRequests(let wait) {
            spent.withLock { known in
                if known.count >= Self.callersMax { known.removeAll() }
                known["\(limit.rawValue) \(caller)"] = Instant.systemNow.advanced(
                    by: .seconds(wait))
            }
            throw WebRefusal.tooManyRequests(retryAfter: wait)
        }
    }

    private func count(
        _ rule: RateLimits.Limit, _ limit: RateClass, _ caller: String, _ tokens: Int
    ) async throws {
        let reply = try await redis.run(
            Self.script, keys: ["rate:\(app):\(limit.rawValue):\(caller)"],
            arguments: [.int(Int64(rule.count)), .int(Int64(rule.seconds)), .int(Int64(tokens))])
        let wait = Int(reply.int ?? 0)
        if wait > 0 { throw WebRefusal.tooManyRequests(retryAfter: wait) }
    }

    /// Zero when the tokens were taken, else the seconds until the window ends.
    private static let script = RedisScript(
        """
        local used = tonumber(redis.call('GET', KEYS[1]) or '0')
        local limit, seconds, tokens = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        if used >= limit then
            local left = redis.call('TTL', KEYS[1])
            if left > 0 then return left end
            used = 0
            redis.call('DEL', KEYS[1])
        end
        redis.call('INCRBY', KEYS[1], tokens)
        if used == 0 then redis.call('EXPIRE', KEYS[1], seconds) end
        return 0
        """)
}
