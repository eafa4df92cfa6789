import Kernel
import Redis
import Vocabulary

/// How often people opened a shop's things, by day, in Redis: a hint for the maker and no record.
/// A page that is shown waits for no more than the one command, and goes on without it.
public struct VisitStore: Sendable {
    /// A little longer than it is looked back.
    private static let keptSeconds = Int64(ShopGlance.days + 5) * 86_400

    let redis: RedisClient

    private func key(_ seller: ID<Seller>, _ day: Instant) -> String {
        "visits:\(seller):\(day.description.prefix(10))"
    }

    /// Counts one on the present day (UTC).
    public func count(_ seller: ID<Seller>) async {
        do {
            _ = try await redis.run(
                Self.countScript, keys: [key(seller, .systemNow)],
                arguments: [.int(Self.keptSeconds)])
        } catch {
            // One that is not counted is no reason to keep somebody from a page.
        }
    }

    /// How many there were on each of the last ``ShopGlance/days`` days (UTC), the oldest first and
    /// today last; nil when Redis does not answer.
    public func days(of seller: ID<Seller>) async -> [Int]? {
        let today = Instant.systemNow
        let keys = (0..<ShopGlance.days).reversed()
            .map { key(seller, today.advanced(days: -$0)) }
        do {
            let reply = try await redis.send("MGET", keys.map { .string($0) })
            guard case .array(let counts) = reply else { return nil }
            return counts.map { Int($0.text ?? "") ?? 0 }
        } catch {
            return nil
        }
    }

    private static let countScript = RedisScript(
        """
        if redis.call('INCR', KEYS[1]) == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
        return 0
        """)
}
