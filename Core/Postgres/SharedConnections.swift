import Logging
import Reactor

/// The connections that single statements share: each statement goes to the least busy one and is
/// pipelined behind what is under way there. On the reactor's thread, hence unchecked.
final class SharedConnections: FlightCarrier, ConnectionOwner, @unchecked Sendable {
    private let settings: DatabaseSettings
    private let address: ServerAddress
    private let reactor: Reactor
    private let logger: Logger

    private var connections: [Connection] = []
    /// Flights that wait for the first connection, in order of arrival.
    private var waiting = FIFO<Flight>()
    private var backoff = Backoff()
    private var isBackingOff = false
    /// Since when no connection is ready although one was wanted.
    private var downSince: UInt64?
    private var lastError: PostgresError?
    private var closing: (() -> Void)?
    private var isClosed = false

    init(_ settings: DatabaseSettings, address: ServerAddress, reactor: Reactor, logger: Logger) {
        self.settings = settings
        self.address = address
        self.reactor = reactor
        self.logger = logger
    }

    /// Flights that were sent and not answered yet, and those that wait to be.
    var underWay: Int { connections.reduce(waiting.count) { $0 + $1.load } }

    func take(_ flight: Flight) {
        guard !isClosed else { return flight.settle(.failure(.poolClosed)) }
        var best: Connection?
        var load = waiting.count
        var bestLoad = Int.max
        for connection in connections where connection.isReady {
            load += connection.load
            let weight = connection.weight
            if weight < bestLoad { (best, bestLoad) = (connection, weight) }
        }
        guard load < settings.sharedStatementsMax else {
            return flight.settle(
                .failure(PostgresError(.poolExhausted, "\(load) statements are under way")))
        }
        if bestLoad > 0 { openAnother() }
        if let best { return best.send(flight) }
        wait(flight)
    }

    private func wait(_ flight: Flight) {
        let since = downSince ?? reactor.now
        downSince = since
        guard reactor.now &- since < settings.waitDeadline.nanoseconds else {
            return flight.settle(.failure(unavailable))
        }
        waiting.append(flight)
        if waiting.count == 1 { armWaitDeadline() }
    }

    /// All who wait share one deadline: the outage's. Who comes later is refused at once, so that
    /// an outage costs each request a moment and not seconds.
    private func armWaitDeadline() {
        reactor.schedule(after: settings.waitDeadline) { [weak self] in
            guard let self, let since = downSince else { return }
            guard reactor.now &- since >= settings.waitDeadline.nanoseconds else {
                return armWaitDeadline()
            }
            for flight in waiting.takeAll() { flight.settle(.failure(unavailable)) }
        }
    }

    private var unavailable: PostgresError {
        PostgresError(
            .unavailable, lastError?.message ?? "no connection could be made in time",
            sqlState: lastError?.sqlState)
    }

    private func openAnother() {
        guard connections.count < settings.sharedConnections, !isBackingOff, !isClosed,
            !connections.contains(where: { !$0.isReady })
        else { return }
        let connection = Connection(
            settings, address: address, reactor: reactor, logger: logger, owner: self)
        connections.append(connection)
        connection.open()
    }

    func cancelled(_ flight: Flight) {
        // The connection is shared: a cancel request could hit somebody else's statement. The
        // answer is dropped when it comes, and the server's deadline bounds how long that is.
        waiting.removeAll { $0 === flight }
    }

    func landed(_ flight: Flight) {}

    func connectionReady(_ connection: Connection) {
        backoff.reset()
        downSince = nil
        lastError = nil
        for flight in waiting.takeAll() { take(flight) }
        finishClosing()
    }

    func connectionLost(_ connection: Connection, _ error: PostgresError) {
        connections.removeAll { $0 === connection }
        guard !isClosed else { return finishClosing() }
        lastError = error
        guard !connections.contains(where: \.isReady) else { return }
        if downSince == nil {
            downSince = reactor.now
            logger.warning("database lost", metadata: ["error": "\(error.message)"])
        }
        guard !isBackingOff else { return }
        isBackingOff = true
        reactor.schedule(after: backoff.next()) { [weak self] in
            guard let self else { return }
            isBackingOff = false
            if !connections.contains(where: \.isReady) { openAnother() }
        }
    }

    func connectionNotified(_ connection: Connection, channel: String, payload: String) {}

    /// Refuses new flights, lets those under way land and then closes the connections.
    func close(_ done: @escaping () -> Void) {
        guard !isClosed else { return done() }
        isClosed = true
        closing = done
        for flight in waiting.takeAll() { flight.settle(.failure(.poolClosed)) }
        finishClosing()
    }

    private func finishClosing() {
        guard closing != nil else { return }
        let idle = connections.filter { $0.load == 0 || !$0.isReady }
        idle.forEach { $0.finish() }
        connections.removeAll { connection in idle.contains { $0 === connection } }
        guard !connections.isEmpty else {
            closing?()
            closing = nil
            return
        }
        // What is under way lands within its deadline; nothing tells us, so look again soon.
        reactor.schedule(after: .milliseconds(5)) { self.finishClosing() }
    }
}

extension Connection {
    /// A connection whose first statement is slow counts as if it had many: those behind wait.
    fileprivate var weight: Int {
        guard load > 0 else { return 0 }
        let age = reactor.now > headSince ? reactor.now - headSince : 0
        return load + Int(clamping: age / Self.slowUnit) * 16
    }

    private static var slowUnit: UInt64 { 20_000_000 }
}

extension PostgresError {
    static var poolClosed: PostgresError { PostgresError(.closed, "the database was closed") }
}
