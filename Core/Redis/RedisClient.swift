import Logging
import Reactor

/// Speaks to one Redis over a few pipelined connections on a ``Reactor``.
///
/// Connections are made when they are needed and made anew when Redis went away. Every call is
/// answered by its deadline.
public final class RedisClient: Sendable {
    private let reactor: Reactor
    private let pool: RedisPool
    private let subscriptions: RedisSubscriptions

    /// A URL that cannot be understood is told by the first command.
    public init(_ settings: RedisSettings, reactor: Reactor, logger: Logger) {
        let address = Result { () throws(RedisError) in try RedisAddress(url: settings.url) }
        self.reactor = reactor
        pool = RedisPool(settings, address: address, reactor: reactor, logger: logger)
        subscriptions = RedisSubscriptions(settings, address: address, reactor: reactor)
    }

    /// Sends one command. Blocking commands and SUBSCRIBE do not belong here: the connection is
    /// shared.
    /// - Throws: ``RedisError``. `.unavailable` and `.overloaded` say that it never ran;
    ///   `.connectionLost`, `.deadline` and `.cancelled` that it may have; `.server` is Redis' own
    ///   error.
    public func send(
        _ command: String, _ arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisReply {
        let replies = try await RedisCall([[.string(command)] + arguments], pool: pool)
            .send(on: reactor)
        switch replies.first ?? .null {
        case .error(let message): throw RedisError(.server, message)
        case let reply: return reply
        }
    }

    /// Sends the commands together on one connection and returns their replies in order. A
    /// command that Redis refuses has `.error` in its place; the others run all the same.
    public func pipeline(
        _ commands: [[RedisArgument]]
    ) async throws(RedisError) -> [RedisReply] {
        let commands = commands.filter { !$0.isEmpty }
        guard !commands.isEmpty else { return [] }
        return try await RedisCall(commands, pool: pool).send(on: reactor)
    }

    /// Runs the script by its digest, and by its source when Redis does not know it (any more).
    /// Scripts are atomic: nothing else runs between their commands.
    public func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisReply {
        let rest = [.int(Int64(keys.count))] + keys.map { .string($0) } + arguments
        do {
            return try await send("EVALSHA", [.string(script.digest)] + rest)
        } catch let error where error.code == .server && error.message.hasPrefix("NOSCRIPT") {
            return try await send("EVAL", [.string(script.source)] + rest)
        }
    }

    /// Messages published to `channel`. The first element is `.resubscribed`, when Redis has
    /// confirmed; it comes again after each reconnection.
    public func subscribe(to channel: String) -> AsyncStream<RedisMessage> {
        subscriptions.subscribe(to: channel)
    }

    /// Finishes what is under way and closes every connection. Later calls throw `.closed`.
    public func close() async {
        await withUnsafeContinuation { continuation in
            reactor.submit { [pool, subscriptions] in
                subscriptions.close()
                pool.close { continuation.resume() }
            }
        }
    }
}
