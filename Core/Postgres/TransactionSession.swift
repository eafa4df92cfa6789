import Reactor

/// One run of a transaction: takes a connection with its first statement and gives it back with
/// its last. On the reactor's thread, hence unchecked.
final class TransactionSession: FlightCarrier, @unchecked Sendable {
    private let pool: TransactionPool
    private let opening: [SQL]

    private(set) var connection: Connection?
    private var boarding: [Flight] = []
    private var hasAskedForConnection = false
    private var hasBegun = false
    private var isOver = false
    private var isCommitted = false
    /// A commit has left, and PostgreSQL has not said no to it.
    private var mayBeCommitted = false
    /// What doomed the transaction; only a roll-back may follow.
    private(set) var failure: PostgresError?
    /// One of its statements met a plan that did not fit its table any more.
    private var metStalePlan = false

    init(pool: TransactionPool, isolation: Isolation, statementDeadline: Duration?) {
        self.pool = pool
        var opening: [SQL] = [isolation.begin]
        if let statementDeadline {
            let milliseconds = String(statementDeadline.milliseconds)
            opening.append(
                "select set_config('statement_timeout', \(milliseconds), true)")
        }
        self.opening = opening
        self.statementDeadline = statementDeadline
        isPlain = isolation == .readCommitted && statementDeadline == nil
    }

    /// Whether `begin` would say nothing that every session is not told at its start.
    private let isPlain: Bool

    private let statementDeadline: Duration?

    var reactor: Reactor { pool.reactor }

    func take(_ flight: Flight) {
        if isOver {
            // ``Transaction/commit(after:)`` has committed already.
            if isCommitted, flight.isOnlyEnd { return flight.settle(.success([])) }
            return flight.settle(
                .failure(PostgresError(.transactionOver, "the transaction has ended")))
        }
        switch flight.kind {
        case .rollback:
            isOver = true
            guard connection != nil, hasBegun else { return leave(flight, .success([])) }
        case .commit:
            isOver = true
            if let failure { return leave(flight, .failure(failure)) }
            guard hasBegun || !boarding.isEmpty || !flight.isOnlyEnd else {
                return leave(flight, .success([]))
            }
        case .statements, .script, .copy:
            if let failure, failure.code != .server { return flight.settle(.failure(failure)) }
        }
        guard connection == nil else { return send(flight) }
        boarding.append(flight)
        guard !hasAskedForConnection else { return }
        hasAskedForConnection = true
        pool.lease(self)
    }

    /// Ends a run that sent nothing that would have to be undone.
    private func leave(_ flight: Flight, _ result: Result<[Rows], PostgresError>) {
        if let connection, !hasBegun || failure == nil {
            self.connection = nil
            pool.release(connection)
        } else if connection != nil {
            // Doomed by a cancelled statement or a swallowed error: undo it.
            let undo = Flight(.rollback, [.rollback], carrier: self)
            undo.onLanding = { flight.settle(result) }
            return send(undo)
        }
        pool.abandon(self)
        flight.settle(result)
    }

    private func send(_ flight: Flight) {
        guard let connection else { return }
        if case .commit = flight.kind { mayBeCommitted = true }
        if !hasBegun {
            hasBegun = true
            if case .commit = flight.kind, isPlain {
                flight.isWhole = true
            } else if flight.isExclusive {
                connection.send(Flight(.statements, opening, carrier: self))
            } else {
                flight.prologue = opening
            }
        }
        if let statementDeadline {
            flight.limit =
                statementDeadline.nanoseconds &* UInt64(max(1, flight.statements.count))
                &+ 1_000_000_000
        }
        connection.send(flight)
    }

    func boarded(_ connection: Connection) {
        self.connection = connection
        let flights = boarding.filter { !$0.isSettled }
        boarding = []
        flights.forEach(send)
        // Everybody who waited was cancelled, and the end of the run has come and gone.
        if isOver, flights.isEmpty {
            self.connection = nil
            pool.release(connection)
        }
    }

    func refused(_ error: PostgresError) {
        hasAskedForConnection = false
        failure = error
        let flights = boarding
        boarding = []
        flights.forEach { $0.settle(.failure(error)) }
    }

    /// The connection broke; the server has rolled back, unless a commit was under way.
    func lost(_ error: PostgresError) {
        connection = nil
        failure = PostgresError(
            .unavailable, "the transaction's connection broke: " + error.message)
    }

    func cancelled(_ flight: Flight) {
        if let index = boarding.firstIndex(where: { $0 === flight }) {
            boarding.remove(at: index)
        } else {
            connection?.requestCancel()
        }
        // Nobody knows whether it ran: such a transaction must not commit.
        failure = .cancelledByTask
    }

    func landed(_ flight: Flight) {
        if let error = flight.failure, failure == nil { failure = error }
        if flight.hasStalePlan {
            metStalePlan = true
            pool.renew()
        }
        switch flight.kind {
        case .commit:
            // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and no error.
            if flight.failure == nil, !flight.isWhole,
                flight.results.last?.commandTag != "COMMIT"
            {
                flight.failure =
                    failure
                    ?? PostgresError(.server, "the transaction had failed", sqlState: "25P02")
            }
            isCommitted = flight.failure == nil
            if flight.failure?.code == .server { mayBeCommitted = false }
            giveBack()
        case .rollback: giveBack()
        case .statements, .script, .copy: break
        }
    }

    private func giveBack() {
        guard let connection else { return }
        self.connection = nil
        pool.release(connection)
    }

    /// Whether the whole of it may succeed when it is run again. A stale plan says so even inside a
    /// savepoint that was rolled back to: what the body threw may be because of it.
    var mayRunAgain: Bool {
        !mayBeCommitted && (metStalePlan || failure?.isRetryable == true)
    }

    /// A savepoint was rolled back to: what failed inside it is undone.
    func forgive() {
        if failure?.code == .server { failure = nil }
    }
}

extension SQL {
    static let commit: SQL = "commit"
    static let rollback: SQL = "rollback"
}

extension Isolation {
    fileprivate var begin: SQL {
        switch self {
        case .readCommitted: "begin isolation level read committed"
        case .repeatableRead: "begin isolation level repeatable read"
        case .serializable: "begin isolation level serializable"
        }
    }
}
