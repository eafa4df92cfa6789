import Kernel
import Redis
import Vocabulary

/// What people without an account wish for, in Redis: by browser, a listing with when it was put
/// there. Losing Redis loses them, as it does guests' carts.
public struct GuestWishes: Sendable {
    /// So many a browser keeps; an account keeps ``Wish/countMax``.
    public static let countMax = 48
    /// A guest comes back within weeks or not at all.
    private static let keptSeconds: Int64 = 30 * 86_400

    let redis: RedisClient

    private func key(_ browser: String) -> String { "wishes:guest:\(Secrets.hash(browser))" }

    /// The newest first; no more than ``countMax``.
    /// - Throws: ``GuestWishRefusal/unavailable`` without Redis.
    public func list(of browser: String) async throws -> [GuestWish] {
        let reply = try await asking {
            try await redis.send("ZREVRANGE", [.string(key(browser)), "0", "-1", "WITHSCORES"])
        }
        guard let flat = reply.array else { return [] }
        return stride(from: 0, to: flat.count - 1, by: 2).compactMap { index in
            guard let listing = flat[index].text.flatMap({ ID<Listing>($0) }),
                let seconds = flat[index + 1].text.flatMap({ Int64($0) })
            else { return nil }
            return GuestWish(listing: listing, at: Instant(secondsSince1970: seconds))
        }
    }

    /// Puts one there; one that is there already stays where it is.
    /// - Parameter now: by the market's clock.
    /// - Throws: ``GuestWishRefusal``
    public func add(_ listing: ID<Listing>, of browser: String, at now: Instant) async throws {
        let reply = try await asking {
            try await redis.run(
                Self.addScript, keys: [key(browser)],
                arguments: [
                    .string(listing.description), .int(now.secondsSince1970),
                    .int(Int64(Self.countMax)), .int(Self.keptSeconds),
                ])
        }
        guard reply.int == 1 else { throw GuestWishRefusal.tooMany }
    }

    /// Takes one off; what is not there stays away.
    /// - Throws: ``GuestWishRefusal/unavailable`` without Redis.
    public func drop(_ listing: ID<Listing>, of browser: String) async throws {
        _ = try await asking {
            try await redis.send("ZREM", [.string(key(browser)), .string(listing.description)])
        }
    }

    /// Whether one is there; false while nobody can know.
    public func has(_ listing: ID<Listing>, of browser: String) async -> Bool {
        do {
            let reply = try await redis.send(
                "ZSCORE", [.string(key(browser)), .string(listing.description)])
            return reply.text != nil
        } catch {
            // Whoever only looks must not suffer when Redis is down.
            return false
        }
    }

    /// Forgets these of a browser's, and leaves what was put there since they were read.
    /// - Throws: ``GuestWishRefusal/unavailable`` without Redis.
    public func forget(_ wishes: [GuestWish], of browser: String) async throws {
        guard !wishes.isEmpty else { return }
        _ = try await asking {
            try await redis.send(
                "ZREM",
                [.string(key(browser))] + wishes.map { .string($0.listing.description) })
        }
    }

    private func asking(_ work: () async throws -> RedisReply) async throws -> RedisReply {
        do { return try await work() } catch is RedisError { throw GuestWishRefusal.unavailable }
    }

    private static let addScript = RedisScript(
        """
        if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
            if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
            redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
        end
        redis.call('EXPIRE', KEYS[1], ARGV[4])
        return 1
        """)
}

/// Why something was not put on a guest's wish list.
public enum GuestWishRefusal: Refusal, CaseIterable {
    case tooMany, unavailable

    public var code: String {
        switch self {
        case .tooMany: "guest-wish.too-many"
        case .unavailable: "guest-wish.unavailable"
        }
    }
    public var reason: RefusalReason {
        switch self {
        case .tooMany: .conflict
        case .unavailable: .unavailable
        }
    }
    public var explanation: String {
        switch self {
        case .tooMany:
            "This browser keeps at most \(GuestWishes.countMax) wishes. An account keeps more."
        case .unavailable: "Wish lists are out of order for a moment. Please try again."
        }
    }
}
