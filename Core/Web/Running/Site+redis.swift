import Redis
import Vocabulary

extension Site {
    /// How long Redis takes to answer, in milliseconds; nil when it does not within its deadline.
    public func redisMilliseconds() async -> Int64? {
        let started = ContinuousClock.now
        do { _ = try await redis.send("PING", []) } catch { return nil }
        return Int64((ContinuousClock.now - started) / .milliseconds(1))
    }
}
