import Redis
import Web

/// What the web side of a test runs on: real Redis, one client for all tests of a process.
public enum TestWeb {
    public static let redis: RedisClient = {
        do {
            return RedisClient(
                RedisSettings(url: try TestServers.redisURL), reactor: TestServers.reactor,
                logger: TestServers.logger)
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// A Redis that is not there.
    public static let noRedis = RedisClient(
        RedisSettings(url: "redis://127.0.0.1:1"), reactor: TestServers.reactor,
        logger: TestServers.logger)

    /// Believes the address that a ``Browser`` says it has.
    public static var settings: WebSettings {
        var settings = WebSettings(secret: Array(repeating: 9, count: 32))
        settings.proxies = 1
        settings.logsRequests = false
        // Nonsense is sent by one account, a thousand times in a minute.
        settings.limits.accountWrite = .init(1_000_000, per: 60)
        return settings
    }
}
