import Glibc
import Reactor

/// Statements that leave in one flush and whose answers come back together, and the task that
/// waits for them.
///
/// Unchecked because a flight belongs to its task until it is submitted, and to the reactor's
/// thread from then on.
final class Flight: ReactorWork, @unchecked Sendable {
    enum Kind {
        /// Prepared statements in pipeline mode, one sync behind them.
        case statements
        /// As `.statements`, and the transaction's end.
        case commit, rollback
        /// Several commands in one text, by the simple protocol: migrations.
        case script(String)
        /// COPY … FROM STDIN, fed by the stream.
        case copy(command: String, CopyStream)
    }

    let kind: Kind
    let statements: [SQL]
    /// Who takes the flight to a connection; nil for the connection's own set-up.
    let carrier: (any FlightCarrier)?
    /// Runs on the reactor when the flight has landed, before its task is resumed.
    var onLanding: (() -> Void)?

    private var continuation: UnsafeContinuation<Result<[Rows], PostgresError>, Never>?
    private(set) var isSubmitted = false
    private(set) var isSettled = false
    var isCancelled = false

    /// What the connection sent for this flight and waits for, in order.
    enum Step {
        /// A statement that is being prepared for the cache.
        case prepare(CachedStatement)
        /// A caller's statement, from the cache when it is known there.
        case execute(CachedStatement?)
        /// One that the driver added: `begin`, `deallocate`.
        case silent
        /// A sync behind which the caller's statements begin.
        case barrier
    }
    var steps: [Step] = []
    var stepsDone = 0
    var results: [Rows] = []
    var failure: PostgresError?
    /// Sent ahead of the statements: the transaction's `begin`.
    var prologue: [SQL] = []
    var sentAt: UInt64 = 0
    var limit: UInt64 = 0
    var wasResent = false
    /// A cached plan did not fit any more; sent again, the flight may succeed.
    var hasStalePlan = false

    /// All of a transaction in one flush: the server begins it with the first statement and commits
    /// at the sync, and nobody has to say so. The last of `statements`, the commit, stays here.
    var isWhole = false

    /// A commit with nothing in front of it: a transaction without statements needs none.
    var isOnlyEnd = false

    init(_ kind: Kind, _ statements: [SQL], carrier: (any FlightCarrier)?) {
        self.kind = kind
        self.statements = statements
        self.carrier = carrier
    }

    convenience init(_ statements: [SQL], carrier: (any FlightCarrier)?) {
        self.init(.statements, statements, carrier: carrier)
    }

    var isExclusive: Bool {
        switch kind {
        case .statements, .commit, .rollback: false
        case .script, .copy: true
        }
    }

    func runOnReactor() {
        isSubmitted = true
        guard !isCancelled else { return settle(.failure(.cancelledByTask)) }
        if let carrier { carrier.take(self) }
    }

    /// Gives the waiting task its answer; later answers are dropped.
    func settle(_ result: Result<[Rows], PostgresError>) {
        guard !isSettled else { return }
        isSettled = true
        // Whoever feeds a copy must not wait for room that never comes.
        if case .copy(_, let stream) = kind, case .failure(let error) = result { stream.end(error) }
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// Makes the flight as if it had never left, to be sent once more.
    func reset() {
        steps = []
        stepsDone = 0
        results = []
        failure = nil
        hasStalePlan = false
    }

    /// Sends the flight and waits for it to land. When the task is cancelled it stops waiting at
    /// once, unless the flight ends a transaction.
    func fly(on reactor: Reactor) async throws(PostgresError) -> [Rows] {
        try check()
        let isCancellable =
            switch kind {
            case .commit, .rollback: false
            default: true
            }
        guard isCancellable else { return try await depart(on: reactor).get() }
        guard !Task.isCancelled else {
            // Whoever feeds a copy waits for room that this flight will never get.
            if case .copy(_, let stream) = kind { reactor.submit { stream.end(.cancelledByTask) } }
            throw .cancelledByTask
        }
        return try await withTaskCancellationHandler {
            await depart(on: reactor)
        } onCancel: {
            reactor.submit { self.cancel() }
        }.get()
    }

    private func depart(on reactor: Reactor) async -> Result<[Rows], PostgresError> {
        await withUnsafeContinuation { continuation in
            self.continuation = continuation
            reactor.submit(self)
        }
    }

    private func cancel() {
        guard !isSettled, !isCancelled else { return }
        isCancelled = true
        guard isSubmitted else { return }
        settle(.failure(.cancelledByTask))
        carrier?.cancelled(self)
    }

    /// Refuses what libpq would cut short or not send at all.
    private func check() throws(PostgresError) {
        for statement in statements {
            guard statement.binds.count <= 65_535 else {
                throw PostgresError(
                    .server, "a statement takes at most 65535 parameters", sqlState: "54000")
            }
            for case let bind? in statement.binds where bind.holdsZeroByte {
                throw PostgresError(
                    .server, "a text parameter holds a zero byte", sqlState: "22021",
                    statement: statement.text)
            }
        }
    }
}

extension String {
    /// Looked for by the C library: a sequence's `contains` takes a byte at a time.
    fileprivate var holdsZeroByte: Bool {
        utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        } ?? utf8.contains(0)
    }
}

/// Takes flights to a connection: the shared connections, or one transaction.
protocol FlightCarrier: AnyObject {
    func take(_ flight: Flight)
    /// The flight's task was cancelled and has its answer; the flight may be under way.
    func cancelled(_ flight: Flight)
    /// The flight's answers are complete, or its connection is lost; its task is resumed next.
    func landed(_ flight: Flight)
}

extension PostgresError {
    static var cancelledByTask: PostgresError {
        PostgresError(.cancelled, "the task that waited was cancelled")
    }
}
