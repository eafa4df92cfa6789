import CPostgres
import Logging
import Reactor

/// Whom a connection tells about its life.
protocol ConnectionOwner: AnyObject {
    func connectionReady(_ connection: Connection)
    /// The connection is gone for good; what was under way has its error already.
    func connectionLost(_ connection: Connection, _ error: PostgresError)
    func connectionNotified(_ connection: Connection, channel: String, payload: String)
}

/// One libpq connection, from the first packet to the last. Never made anew: its owner makes
/// another one. All of it lives on the reactor's thread, which is why it is unchecked.
final class Connection: ReactorSocket, ReactorWork, @unchecked Sendable {
    enum Phase {
        case opening, settingUp, ready
        /// A script or a copy has the connection for itself, out of pipeline mode.
        case exclusive(Flight)
        case closed
    }

    let reactor: Reactor
    let settings: DatabaseSettings
    let logger: Logger
    weak var owner: (any ConnectionOwner)?

    private let address: ServerAddress
    private var openTimer: TimerID?
    private var watchedFd: Int32 = -1
    private var isWaitingToWrite = false
    private var isFlushQueued = false

    var pg: OpaquePointer?
    var phase = Phase.opening
    var inFlight = FIFO<Flight>()
    /// Flights that may not leave yet: behind a script, or while a cancel request is on its way.
    var backlog = FIFO<Flight>()
    var cache: StatementCache
    let parameters = ParameterBuffer()
    /// Since when the first of `inFlight` has been the first.
    var headSince: UInt64 = 0
    var deadlineTimer: TimerID?
    var isCancelUnderWay = false
    /// What it has prepared may not fit its tables any more: whoever has it uses it to the end, and
    /// nobody after.
    var isWorn = false
    /// Ends the connection when a cancel request is not answered.
    var cancelTimer: TimerID?
    /// Ends the connection when a script or a copy is not answered.
    var exclusiveTimer: TimerID?

    init(
        _ settings: DatabaseSettings, address: ServerAddress, reactor: Reactor, logger: Logger,
        owner: any ConnectionOwner
    ) {
        self.settings = settings
        self.address = address
        self.reactor = reactor
        self.logger = logger
        self.owner = owner
        cache = StatementCache(capacity: settings.statementCacheSize)
    }

    /// Flights that were given to this connection and have not landed.
    var load: Int { inFlight.count + backlog.count }

    var isReady: Bool {
        switch phase {
        case .ready, .exclusive: true
        case .opening, .settingUp, .closed: false
        }
    }

    var isInTransaction: Bool { PQtransactionStatus(pg) != PQTRANS_IDLE }

    // MARK: Opening

    func open() {
        openTimer = reactor.schedule(after: settings.connectDeadline) { [weak self] in
            self?.fail(PostgresError(.unavailable, "the server did not answer in time"))
        }
        guard address.needsLookup else { return start([]) }
        let (address, reactor) = (address, reactor)
        let isTaken = BlockingCalls.shared.run {
            let keywords = Result { () throws(PostgresError) in try address.keywords() }
            reactor.submit {
                switch keywords {
                case .success(let keywords): self.start(keywords)
                case .failure(let error): self.fail(error)
                }
            }
        }
        if !isTaken { fail(PostgresError(.unavailable, "too many names are being resolved")) }
    }

    private func start(_ keywords: [(String, String)]) {
        guard case .opening = phase else { return }
        pg = address.start(applicationName: settings.applicationName, keywords: keywords)
        guard pg != nil, PQstatus(pg) != CONNECTION_BAD else { return failWithLibpqMessage() }
        // A notice is for a person at psql; without a processor libpq writes it to stderr.
        PQsetNoticeProcessor(pg, { _, _ in }, nil)
        watch([.writable])
    }

    private func poll() {
        switch PQconnectPoll(pg) {
        case PGRES_POLLING_READING: watch([.readable])
        case PGRES_POLLING_WRITING: watch([.writable])
        case PGRES_POLLING_OK: setUp()
        default: failWithLibpqMessage()
        }
    }

    private func watch(_ events: SocketEvents) {
        let fd = PQsocket(pg)
        guard fd >= 0 else { return failWithLibpqMessage() }
        if watchedFd >= 0, watchedFd != fd { reactor.unwatch(watchedFd) }
        watchedFd = fd
        reactor.watch(fd, for: events, self)
    }

    private func setUp() {
        phase = .settingUp
        PQsetnonblocking(pg, 1)
        guard PQenterPipelineMode(pg) == 1 else { return failWithLibpqMessage() }
        watch([.readable])
        let flight = Flight([settings.sessionSetUp], carrier: nil)
        flight.onLanding = { [weak self, unowned flight] in
            guard let self, case .settingUp = phase else { return }
            if let error = flight.failure { return fail(error) }
            if let openTimer { reactor.cancel(openTimer) }
            phase = .ready
            owner?.connectionReady(self)
        }
        dispatch(flight)
    }

    // MARK: The socket

    func socketReady(_ events: SocketEvents) {
        switch phase {
        case .opening: poll()
        case .closed: break
        case .settingUp, .ready, .exclusive:
            if events.contains(.readable) { receive() }
            if events.contains(.writable), isWaitingToWrite { flush() }
        }
    }

    private func receive() {
        guard PQconsumeInput(pg) == 1 else {
            // The server's last words may have come before the end: read them first.
            land()
            return failWithLibpqMessage()
        }
        switch phase {
        case .exclusive(let flight): receive(exclusive: flight)
        default: land()
        }
        readNotifications()
        if case .closed = phase { return }
        if PQstatus(pg) == CONNECTION_BAD { failWithLibpqMessage() }
    }

    private func readNotifications() {
        while let notification = PQnotifies(pg) {
            let channel = String(cString: notification.pointee.relname)
            let payload = String(cString: notification.pointee.extra)
            PQfreemem(notification)
            owner?.connectionNotified(self, channel: channel, payload: payload)
        }
    }

    /// Flushes once for all that this round of the reactor sends.
    func queueFlush() {
        guard !isFlushQueued else { return }
        isFlushQueued = true
        reactor.beforeWaiting(self)
    }

    func runOnReactor() {
        isFlushQueued = false
        flush()
    }

    func flush() {
        guard let pg, isReady || watchedFd >= 0 else { return }
        switch PQflush(pg) {
        case 0:
            if isWaitingToWrite {
                isWaitingToWrite = false
                watch([.readable])
            }
            if case .exclusive(let flight) = phase { resumeCopy(flight) }
        case 1:
            if !isWaitingToWrite {
                isWaitingToWrite = true
                watch([.readable, .writable])
            }
        default:
            // Reading tells why, and whether answers came before the end.
            receive()
        }
    }

    // MARK: The end

    func failWithLibpqMessage() {
        let message = pg.map { String(cString: PQerrorMessage($0)) } ?? "out of memory"
        fail(
            PostgresError(
                .unavailable, message.isEmpty ? "the server closed the connection" : message.trimmed
            ))
    }

    /// Ends the connection. Flights that left may have run; flights that did not leave, did not.
    func fail(_ error: PostgresError) {
        if case .closed = phase { return }
        let exclusive: Flight? = if case .exclusive(let flight) = phase { flight } else { nil }
        finish()
        let lost = PostgresError(.connectionLost, error.message, sqlState: error.sqlState)
        for flight in inFlight.takeAll() + [exclusive].compactMap({ $0 }) {
            complete(flight, failure: flight.isOverdue(at: reactor.now) ? .overdue : lost)
        }
        let unsent = PostgresError(.unavailable, error.message, sqlState: error.sqlState)
        for flight in backlog.takeAll() { complete(flight, failure: unsent) }
        owner?.connectionLost(self, error)
    }

    /// Says good-bye to the server. Only for a connection that has nothing under way.
    func finish() {
        phase = .closed
        if let openTimer { reactor.cancel(openTimer) }
        [deadlineTimer, cancelTimer, exclusiveTimer].forEach { $0.map(reactor.cancel) }
        if watchedFd >= 0 { reactor.unwatch(watchedFd) }
        watchedFd = -1
        PQfinish(pg)
        pg = nil
    }

    /// Lands a flight that has no answer.
    func complete(_ flight: Flight, failure: PostgresError) {
        if flight.failure == nil { flight.failure = failure }
        flight.carrier?.landed(flight)
        flight.onLanding?()
        flight.settle(.failure(flight.failure ?? failure))
    }
}

extension Flight {
    func isOverdue(at time: UInt64) -> Bool { limit > 0 && time > sentAt &+ limit }
}

extension PostgresError {
    static var overdue: PostgresError {
        PostgresError(.deadline, "the server did not answer by the statement's deadline")
    }
}

extension String {
    var trimmed: String {
        var text = Substring(self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
