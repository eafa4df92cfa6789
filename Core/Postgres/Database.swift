import Logging
import Reactor

/// A pool of PostgreSQL connections driven by one ``Reactor``.
///
/// Connections are made when they are needed, and made anew when the server went away. Nothing
/// here blocks Swift's cooperative threads.
public final class Database: Queryable, Sendable {
    private let reactor: Reactor
    private let shared: SharedConnections
    private let pool: TransactionPool
    private let listener: Listener

    public init(_ settings: DatabaseSettings, reactor: Reactor, logger: Logger) {
        let address = ServerAddress(url: settings.url)
        self.reactor = reactor
        shared = SharedConnections(settings, address: address, reactor: reactor, logger: logger)
        var forTransactions = settings
        forTransactions.plansOnce = true
        pool = TransactionPool(forTransactions, address: address, reactor: reactor, logger: logger)
        listener = Listener(settings, address: address, reactor: reactor, logger: logger)
    }

    /// Runs one statement on its own, pipelined with others' on a shared connection.
    /// - Throws: ``PostgresError``. `.unavailable` and `.poolExhausted` say that it never ran;
    ///   `.connectionLost`, `.deadline` and `.cancelled` that it may have.
    public func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        guard let first = try await batch([sql]).first else { throw .noAnswer }
        return first
    }

    /// Sends all statements in one flush; they run as one implicit transaction.
    public func batch(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
        guard !statements.isEmpty else { return [] }
        guard let mark = FirstWriteMark.current, !mark.isMade else {
            return try await Flight(statements, carrier: shared).fly(on: reactor)
        }
        let rows = try await Flight(statements + [mark.statement], carrier: shared)
            .fly(on: reactor)
        return mark.separated(from: rows)
    }

    public func batchPlannedOnce(_ statements: [SQL]) async throws -> [Rows] {
        guard !statements.isEmpty else { return [] }
        return try await transaction { tx in try await tx.commit(after: statements) }
    }

    /// Runs `body` in a transaction on a connection of its own; commits when it returns, rolls
    /// back when it throws. A serialization failure, a deadlock, a lock that was not had in time
    /// or a plan of a table that was changed since runs it again, at most three times, with
    /// jitter: `body` must bear that.
    ///
    /// - Parameter statementDeadline: how long each of its statements may run, when that differs
    ///   from the database's setting.
    /// - Throws: what `body` throws, or ``PostgresError``: `.poolExhausted` when no connection
    ///   came free in time; `.connectionLost` when the connection broke at the commit, whose
    ///   outcome is then unknown.
    @discardableResult
    nonisolated(nonsending) public func transaction<Value: Sendable>(
        isolation: Isolation = .readCommitted, statementDeadline: Duration? = nil,
        _ body: nonisolated(nonsending) (Transaction) async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            let session = TransactionSession(
                pool: pool, isolation: isolation, statementDeadline: statementDeadline)
            do {
                let value = try await body(Transaction(session: session))
                try await session.end()
                return value
            } catch {
                guard await undo(session), attempt <= Self.retriesMax else { throw error }
            }
            // Those who collided must not collide again in step.
            let pause = Duration.milliseconds(5 * attempt * attempt) * Double.random(in: 0.5...1.5)
            try await Task.sleep(for: pause)
            attempt += 1
        }
    }

    /// Runs of a transaction after the first; more would only feed the contention.
    private static let retriesMax = 3

    /// Rolls back what is not over yet.
    /// - Returns: whether running it again may succeed.
    private func undo(_ session: TransactionSession) async -> Bool {
        let flight = Flight(.rollback, [.rollback], carrier: session)
        _ = await flight.outcome(on: reactor)
        return await withUnsafeContinuation { continuation in
            reactor.submit { continuation.resume(returning: session.mayRunAgain) }
        }
    }

    /// Notifications of `channel`, and `.reconnected` when listening begins and each time the
    /// listening connection was made anew: notifications may have been missed then, so read the
    /// state again. It is also sent when a slow reader let too many pile up.
    public func listen(to channel: String) -> AsyncStream<ChannelEvent> {
        listener.listen(to: channel)
    }

    /// Every notification of what was committed before this moment has been handed to the readers
    /// of ``listen(to:)``; nil while the listening connection is away. What is kept in memory
    /// until a notification drops it may be believed only while this is recent.
    public var lastHeard: ContinuousClock.Instant? { listener.lastHeard }

    /// How busy its connections are just now.
    public func load() async -> DatabaseLoad {
        await withUnsafeContinuation { continuation in
            reactor.submit { [shared, pool] in
                continuation.resume(
                    returning: DatabaseLoad(
                        taken: pool.taken, takenMax: pool.takenMax, waiting: pool.waiting,
                        oldest: pool.oldest, statements: shared.underWay))
            }
        }
    }

    /// Finishes what is under way and closes every connection. Later calls throw `.closed`.
    public func close() async {
        await withUnsafeContinuation { continuation in
            reactor.submit { [shared, pool, listener] in
                listener.close()
                shared.close { pool.close { continuation.resume() } }
            }
        }
    }
}

public enum Isolation: String, Sendable {
    case readCommitted = "read committed"
    case repeatableRead = "repeatable read"
    case serializable
}

/// What a listener hears.
public enum ChannelEvent: Sendable, Equatable {
    case notified(payload: String)
    case reconnected
}
