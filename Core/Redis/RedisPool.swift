import Logging
import Reactor

/// The connections that commands share. On the reactor's thread, hence unchecked.
final class RedisPool: RedisConnectionOwner, @unchecked Sendable {
    private let settings: RedisSettings
    private let address: Result<RedisAddress, RedisError>
    private let reactor: Reactor
    private let logger: Logger

    private var connections: [RedisConnection] = []
    private var waiting = FIFO<RedisCall>()
    private var backoff = Backoff()
    private var isBackingOff = false
    /// Since when no connection is ready although one was wanted.
    private var downSince: UInt64?
    private var lastError: RedisError?
    private var isClosed = false

    init(
        _ settings: RedisSettings, address: Result<RedisAddress, RedisError>, reactor: Reactor,
        logger: Logger
    ) {
        self.settings = settings
        self.address = address
        self.reactor = reactor
        self.logger = logger
    }

    func take(_ call: RedisCall) {
        guard !isClosed else { return call.settle(.failure(.clientClosed)) }
        if case .failure(let error) = address { return call.settle(.failure(error)) }
        if call.due == 0 { call.due = reactor.now &+ settings.commandDeadline.nanoseconds }
        var best: RedisConnection?
        var load = waiting.count
        for connection in connections where connection.isReady {
            load += connection.load
            if best.map({ connection.load < $0.load }) ?? true { best = connection }
        }
        guard load < settings.waitersMax else {
            return call.settle(
                .failure(RedisError(.overloaded, "\(load) commands are waiting for Redis")))
        }
        if best.map({ $0.load > 0 }) ?? true { openAnother() }
        if let best { return best.send(call) }
        wait(call)
    }

    private func wait(_ call: RedisCall) {
        let since = downSince ?? reactor.now
        downSince = since
        // Who comes when the outage is older than a command may take is refused at once.
        guard reactor.now &- since < settings.commandDeadline.nanoseconds else {
            return call.settle(.failure(unavailable))
        }
        waiting.append(call)
        if waiting.count == 1 { armWaitDeadline() }
    }

    private func armWaitDeadline() {
        reactor.schedule(after: settings.commandDeadline) { [weak self] in
            guard let self, let since = downSince else { return }
            guard reactor.now &- since >= settings.commandDeadline.nanoseconds else {
                return armWaitDeadline()
            }
            for call in waiting.takeAll() { call.settle(.failure(unavailable)) }
        }
    }

    private var unavailable: RedisError {
        RedisError(.unavailable, lastError?.message ?? "no connection could be made in time")
    }

    private func openAnother() {
        guard case .success(let address) = address, connections.count < settings.connections,
            !isBackingOff, !isClosed, !connections.contains(where: { !$0.isReady })
        else { return }
        let connection = RedisConnection(
            settings, address: address, reactor: reactor, owner: self)
        connections.append(connection)
        connection.open()
    }

    func connectionReady(_ connection: RedisConnection) {
        if let lastError {
            logger.info("redis is back", metadata: ["was": "\(lastError.message)"])
        }
        backoff.reset()
        downSince = nil
        lastError = nil
        for call in waiting.takeAll() where !call.isSettled { take(call) }
    }

    func connectionLost(_ connection: RedisConnection, _ error: RedisError) {
        connections.removeAll { $0 === connection }
        guard !isClosed else { return }
        if lastError == nil {
            logger.warning("redis lost", metadata: ["error": "\(error.message)"])
        }
        lastError = error
        guard !connections.contains(where: \.isReady) else { return }
        if downSince == nil { downSince = reactor.now }
        guard !isBackingOff else { return }
        isBackingOff = true
        reactor.schedule(after: backoff.next()) { [weak self] in
            guard let self else { return }
            isBackingOff = false
            if !connections.contains(where: \.isReady) { openAnother() }
        }
    }

    func connectionHeard(_ connection: RedisConnection, channel: String, payload: [UInt8]) {}

    func connectionSubscribed(_ connection: RedisConnection, channel: String) {}

    /// Refuses new commands, lets those under way finish and then closes the connections.
    func close(_ done: @escaping () -> Void) {
        isClosed = true
        for call in waiting.takeAll() { call.settle(.failure(.clientClosed)) }
        let idle = connections.filter { $0.load == 0 || !$0.isReady }
        idle.forEach { $0.finish() }
        connections.removeAll { connection in idle.contains { $0 === connection } }
        guard !connections.isEmpty else { return done() }
        reactor.schedule(after: .milliseconds(5)) { self.close(done) }
    }
}
