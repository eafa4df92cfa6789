import Kernel
import ProviderKit
import Redis
import Vocabulary

/// What a cart is changed for, so that it is changed for it once: an answer can be lost after the
/// change, and whoever asked for it asks again.
public struct CartAct: Sendable {
    let name: String

    /// What was asked for under a key. Of another request under the same key the kernel says no,
    /// for as long as it knows that there was a first one; so here it is an act of its own.
    init(_ key: OnceKey) {
        name = base64(sha256(Array("\(key.key)\n".utf8) + key.fingerprint), urlSafe: true)
    }

    /// What was bought leaves the cart, however often the buyer comes back from paying.
    public init(_ purchase: ID<Purchase>) { name = purchase.description }
}

extension Call {
    /// What a cart is changed for; nil when the request has no key.
    public var cartAct: CartAct? { claim.map { CartAct($0.key) } }
}

extension PageCall {
    /// What a cart is changed for; nil for a form that may be sent twice.
    public var cartAct: CartAct? { claim.map { CartAct($0.key) } }
}

/// The acts of a cart: a sorted set beside it, each act with the time of Redis at which it was
/// done, written in the same step as the change.
extension CartStore {
    /// Later acts put the oldest out: nobody repeats what a hundred changes came after.
    static let actsMax = 100
    /// As long as the kernel keeps answers: after that a key is a new one.
    static let actsMilliseconds = Int64(Once.answerLifetimeDays) * 86_400_000

    func actsKey(_ owner: CartOwner) -> String { "\(key(owner)):acts" }

    /// Whether the cart was changed for this before.
    /// - Throws: ``CartRefusal/unavailable`` without Redis.
    public func knows(_ act: CartAct?, in owner: CartOwner) async throws -> Bool {
        guard let act else { return false }
        let reply = try await asking {
            try await redis.run(
                Self.knowsScript, keys: [actsKey(owner)], arguments: [.string(act.name)])
        }
        return reply.int == 1
    }

    private static let knowsScript = RedisScript(
        actsInLua + "return knows(KEYS[1], ARGV[1]) and 1 or 0")

    /// Begins each script that asks for acts or keeps them; an empty name is no act.
    static let actsInLua = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local oldest = now - \(actsMilliseconds)
        local function knows(acts, act)
            local at = act ~= '' and redis.call('ZSCORE', acts, act)
            return at and tonumber(at) > oldest
        end
        local function trim(acts)
            redis.call('ZREMRANGEBYSCORE', acts, '-inf', oldest)
            redis.call('ZREMRANGEBYRANK', acts, 0, -\(actsMax + 1))
            redis.call('PEXPIRE', acts, \(actsMilliseconds))
        end
        local function remember(acts, act)
            if act == '' then return end
            redis.call('ZADD', acts, now, act)
            trim(acts)
        end

        """
}
