import Reactor
import Synchronization

/// What a subscriber hears.
public enum RedisMessage: Sendable, Equatable {
    case published(payload: [UInt8])
    /// Sent when the subscription begins and each time it was made anew: messages may have been
    /// missed. Also sent when a slow reader let too many pile up.
    case resubscribed
}

/// One connection that is subscribed to all channels anybody asked for. On the reactor's thread,
/// hence unchecked.
final class RedisSubscriptions: RedisConnectionOwner, @unchecked Sendable {
    /// Messages that a reader may leave unread before it is told that some were lost.
    private static let unreadMax = 512

    private typealias Continuation = AsyncStream<RedisMessage>.Continuation

    private let settings: RedisSettings
    private let address: Result<RedisAddress, RedisError>
    private let reactor: Reactor
    private let lastNumber = Mutex(0)

    private var readers: [String: [Int: Continuation]] = [:]
    private var connection: RedisConnection?
    private var backoff = Backoff()
    private var isClosed = false

    init(
        _ settings: RedisSettings, address: Result<RedisAddress, RedisError>, reactor: Reactor
    ) {
        self.settings = settings
        self.address = address
        self.reactor = reactor
    }

    func subscribe(to channel: String) -> AsyncStream<RedisMessage> {
        let number = lastNumber.withLock { number in
            number += 1
            return number
        }
        let (stream, continuation) = AsyncStream.makeStream(
            of: RedisMessage.self, bufferingPolicy: .bufferingNewest(Self.unreadMax))
        continuation.onTermination = { [weak self, reactor] _ in
            guard let self else { return }
            reactor.submit { self.remove(number, from: channel) }
        }
        reactor.submit { self.add(continuation, number, to: channel) }
        return stream
    }

    private func add(_ continuation: Continuation, _ number: Int, to channel: String) {
        guard !isClosed else { return continuation.finish() }
        let isNew = readers[channel] == nil
        readers[channel, default: [:]][number] = continuation
        guard let connection else { return open() }
        guard connection.isReady else { return }
        if isNew { connection.subscribe(to: channel) } else { continuation.yield(.resubscribed) }
    }

    private func remove(_ number: Int, from channel: String) {
        readers[channel]?[number] = nil
        guard readers[channel]?.isEmpty == true else { return }
        readers[channel] = nil
        if readers.isEmpty {
            connection?.finish()
            connection = nil
        } else if let connection, connection.isReady {
            connection.unsubscribe(from: channel)
        }
    }

    private func open() {
        guard !isClosed, connection == nil, !readers.isEmpty, case .success(let address) = address
        else { return }
        let new = RedisConnection(settings, address: address, reactor: reactor, owner: self)
        connection = new
        new.open()
    }

    func connectionReady(_ connection: RedisConnection) {
        backoff.reset()
        for channel in readers.keys { connection.subscribe(to: channel) }
    }

    func connectionLost(_ connection: RedisConnection, _ error: RedisError) {
        guard self.connection === connection else { return }
        self.connection = nil
        guard !isClosed else { return }
        reactor.schedule(after: backoff.next()) { [weak self] in self?.open() }
    }

    func connectionHeard(_ connection: RedisConnection, channel: String, payload: [UInt8]) {
        tell(channel, .published(payload: payload))
    }

    func connectionSubscribed(_ connection: RedisConnection, channel: String) {
        tell(channel, .resubscribed)
    }

    private func tell(_ channel: String, _ message: RedisMessage) {
        for reader in (readers[channel] ?? [:]).values {
            if case .dropped = reader.yield(message) { reader.yield(.resubscribed) }
        }
    }

    func close() {
        isClosed = true
        for reader in readers.values.flatMap(\.values) { reader.finish() }
        readers = [:]
        connection?.finish()
        connection = nil
    }
}
