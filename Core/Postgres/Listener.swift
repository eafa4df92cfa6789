import Logging
import Reactor
import Synchronization

/// One connection that listens for all channels anybody asked for. On the reactor's thread, hence
/// unchecked.
final class Listener: ConnectionOwner, @unchecked Sendable {
    /// Events that a reader may leave unread before it is told to read the state anew.
    private static let unreadMax = 512

    private typealias Continuation = AsyncStream<ChannelEvent>.Continuation

    private let settings: DatabaseSettings
    private let address: ServerAddress
    private let reactor: Reactor
    private let logger: Logger
    /// How often the server is asked whether the connection still carries both ways.
    private static let pulse = Duration.seconds(1)
    /// A server that is silent for longer is gone, whatever its socket says.
    private static let pulseDeadline = Duration.seconds(3)

    private let lastNumber = Mutex(0)
    private let heard = Mutex<ContinuousClock.Instant?>(nil)

    private var readers: [String: [Int: Continuation]] = [:]
    private var connection: Connection?
    private var backoff = Backoff()
    private var isClosed = false

    init(_ settings: DatabaseSettings, address: ServerAddress, reactor: Reactor, logger: Logger) {
        self.settings = settings
        self.address = address
        self.reactor = reactor
        self.logger = logger
    }

    /// All that was committed before this moment has been told to the readers; nil while there is
    /// no connection.
    var lastHeard: ContinuousClock.Instant? { heard.withLock { $0 } }

    func listen(to channel: String) -> AsyncStream<ChannelEvent> {
        let number = lastNumber.withLock { number in
            number += 1
            return number
        }
        let (stream, continuation) = AsyncStream.makeStream(
            of: ChannelEvent.self, bufferingPolicy: .bufferingNewest(Self.unreadMax))
        continuation.onTermination = { [weak self, reactor] _ in
            guard let self else { return }
            reactor.submit { self.remove(number, from: channel) }
        }
        reactor.submit { self.add(continuation, number, to: channel) }
        return stream
    }

    private func add(_ continuation: Continuation, _ number: Int, to channel: String) {
        guard !isClosed else { return continuation.finish() }
        readers[channel, default: [:]][number] = continuation
        guard let connection else { return open() }
        if connection.isReady { subscribe(to: channel) { continuation.yield(.reconnected) } }
    }

    private func remove(_ number: Int, from channel: String) {
        readers[channel]?[number] = nil
        guard readers[channel]?.isEmpty == true else { return }
        readers[channel] = nil
        guard let connection, connection.isReady else { return }
        connection.send(Flight([.unlisten(channel)], carrier: nil))
    }

    private func open() {
        guard !isClosed, connection == nil, !readers.isEmpty else { return }
        let new = Connection(
            settings, address: address, reactor: reactor, logger: logger, owner: self)
        connection = new
        new.open()
    }

    private func subscribe(to channel: String, _ done: @escaping () -> Void) {
        let flight = Flight([.listen(channel)], carrier: nil)
        flight.onLanding = { [unowned flight] in if flight.failure == nil { done() } }
        connection?.send(flight)
    }

    func connectionReady(_ connection: Connection) {
        backoff.reset()
        for channel in readers.keys {
            subscribe(to: channel) { [weak self] in self?.tell(channel, .reconnected) }
        }
        feelPulse(of: connection)
    }

    /// The server sends what is to be notified before it answers anything else.
    private func feelPulse(of connection: Connection) {
        let asked = ContinuousClock.now
        let flight = Flight(["select 1"], carrier: nil)
        let silence = reactor.schedule(after: Self.pulseDeadline) { [weak connection] in
            connection?.fail(PostgresError(.unavailable, "the server has fallen silent"))
        }
        flight.onLanding = { [weak self, weak connection, unowned flight] in
            self?.reactor.cancel(silence)
            guard let self, let connection, self.connection === connection,
                flight.failure == nil
            else { return }
            heard.withLock { $0 = asked }
            reactor.schedule(after: Self.pulse) { [weak self, weak connection] in
                guard let self, let connection, self.connection === connection else { return }
                feelPulse(of: connection)
            }
        }
        connection.send(flight)
    }

    func connectionLost(_ connection: Connection, _ error: PostgresError) {
        self.connection = nil
        heard.withLock { $0 = nil }
        guard !isClosed else { return }
        reactor.schedule(after: backoff.next()) { [weak self] in self?.open() }
    }

    func connectionNotified(_ connection: Connection, channel: String, payload: String) {
        tell(channel, .notified(payload: payload))
    }

    private func tell(_ channel: String, _ event: ChannelEvent) {
        for reader in (readers[channel] ?? [:]).values {
            if case .dropped = reader.yield(event) { reader.yield(.reconnected) }
        }
    }

    func close() {
        isClosed = true
        for reader in readers.values.flatMap(\.values) { reader.finish() }
        readers = [:]
        heard.withLock { $0 = nil }
        connection?.finish()
        connection = nil
    }
}

extension SQL {
    fileprivate static func listen(_ channel: String) -> SQL {
        SQL(trusted: "listen " + quoted(channel))
    }

    fileprivate static func unlisten(_ channel: String) -> SQL {
        SQL(trusted: "unlisten " + quoted(channel))
    }

    /// A name as PostgreSQL reads it whatever is in it.
    private static func quoted(_ name: String) -> String {
        "\""
            + name.filter { $0 != "\0" }.split(
                separator: "\"", omittingEmptySubsequences: false
            ).joined(separator: "\"\"") + "\""
    }
}
