import Logging
import Reactor
import Redis
import TestServers

/// Runs `body` with a client of a private server.
func withRedis(
    password: String? = nil, _ settings: (inout RedisSettings) -> Void = { _ in },
    _ body: (RedisClient, ThrowawayRedis) async throws -> Void
) async throws {
    try await ThrowawayRedis.with(password: password) { server in
        var values = RedisSettings(url: server.url)
        settings(&values)
        let client = RedisClient(values, reactor: Reactor(), logger: .quiet)
        try await body(client, server)
        await client.close()
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension RedisClient {
    /// What a command fails with; nil when it does not.
    func failure(_ command: String, _ arguments: [RedisArgument] = []) async -> RedisError.Code? {
        do {
            _ = try await send(command, arguments)
            return nil
        } catch { return error.code }
    }
}

/// Tries until it holds, for a minute: the machine may be busy with much else.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
