import Logging
import Reactor

/// Limits and address of a ``Database``.
public struct DatabaseSettings: Sendable {
    /// A libpq connection string or URL; several hosts and TLS as libpq understands them.
    public var url: String
    /// Connections that single statements share in pipeline mode.
    public var sharedConnections = 4
    /// Connections that transactions take for themselves.
    public var transactionConnections = 8
    /// How many transactions may wait for a connection; one more is refused at once.
    public var waitersMax = 200
    /// How long a transaction waits for a connection.
    public var waitDeadline: Duration = .milliseconds(2000)
    /// How long one statement may run.
    public var statementDeadline: Duration = .seconds(10)
    /// Shown in pg_stat_activity.
    public var applicationName = "guildhall"

    public init(url: String) { self.url = url }
}

/// A pool of PostgreSQL connections driven by one ``Reactor``.
public final class Database: Queryable, Sendable {
    public init(_ settings: DatabaseSettings, reactor: Reactor, logger: Logger) { fatalError() }

    public func query(_ sql: SQL) async throws(PostgresError) -> Rows { fatalError() }
    public func batch(_ statements: [SQL]) async throws(PostgresError) -> [Rows] { fatalError() }

    /// Runs `body` in a transaction on a connection of its own; commits when it returns, rolls
    /// back when it throws. A serialization failure or deadlock runs it again, at most three
    /// times, with jitter.
    public func transaction<Value: Sendable>(
        isolation: Isolation = .readCommitted,
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value { fatalError() }

    /// Notifications of `channel`, and `.reconnected` each time the listening connection was
    /// made anew (notifications may have been missed: read the state again).
    public func listen(to channel: String) -> AsyncStream<ChannelEvent> { fatalError() }

    /// Finishes what is under way and closes every connection.
    public func close() async {}
}

public enum Isolation: String, Sendable {
    case readCommitted = "read committed"
    case repeatableRead = "repeatable read"
    case serializable
}

public enum ChannelEvent: Sendable, Equatable {
    case notified(payload: String)
    case reconnected
}
