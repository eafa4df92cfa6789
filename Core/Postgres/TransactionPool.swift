import Logging
import Reactor

/// The connections that transactions take for themselves. On the reactor's thread, hence
/// unchecked.
final class TransactionPool: ConnectionOwner, @unchecked Sendable {
    private let settings: DatabaseSettings
    private let address: ServerAddress
    private let logger: Logger
    let reactor: Reactor

    private struct Waiter {
        let session: TransactionSession
        let timer: TimerID
    }

    private var opening: [Connection] = []
    private var idle: [Connection] = []
    private struct Lease {
        let session: TransactionSession
        /// By the reactor's clock, in nanoseconds.
        let since: UInt64
    }

    private var leased: [ObjectIdentifier: Lease] = [:]
    private var waiters: [Waiter] = []
    private var backoff = Backoff()
    private var isBackingOff = false
    private var lastError: PostgresError?
    private var isClosed = false
    private var closing: (() -> Void)?

    init(_ settings: DatabaseSettings, address: ServerAddress, reactor: Reactor, logger: Logger) {
        self.settings = settings
        self.address = address
        self.reactor = reactor
        self.logger = logger
    }

    var taken: Int { leased.count }
    var takenMax: Int { settings.transactionConnections }
    var waiting: Int { waiters.count }
    /// How long the oldest transaction has held its connection; zero without any.
    var oldest: Duration {
        leased.values.map(\.since).min().map {
            Duration.nanoseconds(Int64(clamping: reactor.now > $0 ? reactor.now - $0 : 0))
        } ?? .zero
    }

    /// Gives the session a connection now or later, or tells it why it gets none.
    func lease(_ session: TransactionSession) {
        guard !isClosed else { return session.refused(.poolClosed) }
        if let connection = idle.popLast() { return give(connection, to: session) }
        guard waiters.count < settings.waitersMax else {
            return session.refused(
                PostgresError(.poolExhausted, "\(waiters.count) transactions are waiting"))
        }
        let timer = reactor.schedule(after: settings.waitDeadline) { [weak self, weak session] in
            guard let self, let session else { return }
            giveUp(session)
        }
        waiters.append(Waiter(session: session, timer: timer))
        openForWaiters()
    }

    private func giveUp(_ session: TransactionSession) {
        abandon(session)
        let isFull = leased.count >= settings.transactionConnections
        session.refused(
            isFull
                ? PostgresError(.poolExhausted, "no connection came free in time")
                : PostgresError(
                    .unavailable, lastError?.message ?? "no connection could be made in time"))
    }

    /// The session does not want a connection any more.
    func abandon(_ session: TransactionSession) {
        guard let index = waiters.firstIndex(where: { $0.session === session }) else { return }
        reactor.cancel(waiters[index].timer)
        waiters.remove(at: index)
    }

    private func give(_ connection: Connection, to session: TransactionSession) {
        leased[ObjectIdentifier(connection)] = Lease(session: session, since: reactor.now)
        session.boarded(connection)
    }

    /// Takes a connection back whose transaction is over.
    func release(_ connection: Connection) {
        leased[ObjectIdentifier(connection)] = nil
        if connection.isInTransaction || connection.isWorn || isClosed {
            // Never hand on somebody else's open transaction.
            connection.finish()
            openForWaiters()
        } else {
            offer(connection)
        }
        finishClosing()
    }

    /// A plan of one connection did not fit its table any more: what all of them have prepared is
    /// as old. With new ones a transaction need not meet one such statement after the other.
    func renew() {
        for lease in leased.values { lease.session.connection?.isWorn = true }
        idle.forEach { $0.finish() }
        idle = []
        openForWaiters()
    }

    private func offer(_ connection: Connection) {
        guard !waiters.isEmpty else { return idle.append(connection) }
        let waiter = waiters.removeFirst()
        reactor.cancel(waiter.timer)
        give(connection, to: waiter.session)
    }

    private func openForWaiters() {
        guard !isBackingOff, !isClosed else { return }
        while opening.count < waiters.count,
            opening.count + idle.count + leased.count < settings.transactionConnections
        {
            let connection = Connection(
                settings, address: address, reactor: reactor, logger: logger, owner: self)
            opening.append(connection)
            connection.open()
            // A connection that failed at once starts the back-off.
            if isBackingOff { return }
        }
    }

    func connectionReady(_ connection: Connection) {
        opening.removeAll { $0 === connection }
        guard !isClosed else {
            connection.finish()
            return finishClosing()
        }
        backoff.reset()
        lastError = nil
        offer(connection)
    }

    func connectionLost(_ connection: Connection, _ error: PostgresError) {
        lastError = error
        let wasOpening = opening.contains { $0 === connection }
        opening.removeAll { $0 === connection }
        idle.removeAll { $0 === connection }
        leased.removeValue(forKey: ObjectIdentifier(connection))?.session.lost(error)
        guard !isClosed else { return finishClosing() }
        guard wasOpening else { return openForWaiters() }
        guard !isBackingOff else { return }
        isBackingOff = true
        reactor.schedule(after: backoff.next()) { [weak self] in
            self?.isBackingOff = false
            self?.openForWaiters()
        }
    }

    func connectionNotified(_ connection: Connection, channel: String, payload: String) {}

    /// Refuses new transactions and closes each connection when its transaction ends.
    func close(_ done: @escaping () -> Void) {
        guard !isClosed else { return done() }
        isClosed = true
        closing = done
        for waiter in waiters {
            reactor.cancel(waiter.timer)
            waiter.session.refused(.poolClosed)
        }
        waiters = []
        (idle + opening).forEach { $0.finish() }
        (idle, opening) = ([], [])
        finishClosing()
        guard closing != nil else { return }
        // Whoever holds a connection may wait for something that never comes.
        reactor.schedule(after: settings.closeDeadline) { self.breakLeased() }
    }

    private func breakLeased() {
        for lease in Array(leased.values) {
            lease.session.connection?.fail(
                PostgresError(.closed, "the database was closed while a transaction was open"))
        }
    }

    private func finishClosing() {
        guard leased.isEmpty, opening.isEmpty else { return }
        closing?()
        closing = nil
    }
}
