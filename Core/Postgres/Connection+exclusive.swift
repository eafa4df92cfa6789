import CPostgres
import Reactor

/// Scripts and copies: they need the connection for themselves, out of pipeline mode.
extension Connection {
    func begin(exclusive flight: Flight) {
        flight.sentAt = reactor.now
        guard PQexitPipelineMode(pg) == 1 else { return failWithLibpqMessage() }
        phase = .exclusive(flight)
        let text =
            switch flight.kind {
            case .script(let text): text
            case .copy(let command, _): command
            case .statements, .commit, .rollback: ""
            }
        guard PQsendQuery(pg, text) == 1 else { return failWithLibpqMessage() }
        queueFlush()
        arm(exclusive: flight)
    }

    /// The server counts each statement of a script anew, and a copy as one; ours comes later and
    /// only when the server does not speak.
    private func arm(exclusive flight: Flight) {
        let each =
            flight.limit > 0
            ? flight.limit : settings.statementDeadline.nanoseconds &+ Self.grace
        var count = 1
        if case .script(let text) = flight.kind {
            count += text.utf8.count { $0 == UInt8(ascii: ";") }
        }
        flight.limit = each &* UInt64(count)
        exclusiveTimer = reactor.schedule(
            after: .nanoseconds(Int64(clamping: flight.limit)) + .milliseconds(1)
        ) { [weak self] in
            self?.fail(PostgresError(.unavailable, "the server has stopped answering"))
        }
    }

    func receive(exclusive flight: Flight) {
        while PQisBusy(pg) == 0 {
            guard let result = PQgetResult(pg) else { return end(exclusive: flight) }
            switch PQresultStatus(result) {
            case PGRES_COPY_IN:
                PQclear(result)
                guard case .copy(_, let stream) = flight.kind else {
                    return fail(PostgresError(.unavailable, "a script may not copy from stdin"))
                }
                return opened(stream)
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                return fail(PostgresError(.unavailable, "a script may not copy to stdout"))
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                if flight.failure == nil {
                    flight.failure = PostgresError(
                        result, statement: nil, isCancelled: flight.isCancelled)
                }
                PQclear(result)
                if PQstatus(pg) == CONNECTION_BAD { return failWithLibpqMessage() }
            default: flight.results.append(Rows(result: QueryResult(result)))
            }
        }
    }

    private func opened(_ stream: CopyStream) {
        guard let reason = stream.ending else { return stream.opened() }
        // The task gave up before the server was ready.
        stream.opened()
        endCopy(stream, because: reason)
    }

    private func end(exclusive flight: Flight) {
        if let exclusiveTimer { reactor.cancel(exclusiveTimer) }
        exclusiveTimer = nil
        guard PQenterPipelineMode(pg) == 1 else { return failWithLibpqMessage() }
        phase = .ready
        flight.carrier?.landed(flight)
        flight.onLanding?()
        if case .copy(_, let stream) = flight.kind { stream.end(.copyOver) }
        flight.settle(flight.failure.map { .failure($0) } ?? .success(flight.results))
        pump()
    }

    /// Hands rows to libpq; the stream is told when they have left.
    func putCopy(_ bytes: [UInt8], _ stream: CopyStream) {
        guard case .exclusive(let flight) = phase, case .copy(_, let current) = flight.kind,
            current === stream
        else { return }
        let outcome = bytes.withUnsafeBytes { buffer in
            PQputCopyData(
                pg, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
        }
        switch outcome {
        case 1: stream.unsent = nil
        case 0: stream.unsent = bytes
        default: return failWithLibpqMessage()
        }
        flush()
    }

    /// Ends the copy; with a reason, the server throws away what was sent.
    func endCopy(_ stream: CopyStream, because reason: String?) {
        guard case .exclusive(let flight) = phase, case .copy(_, let current) = flight.kind,
            current === stream
        else { return }
        stream.unsent = nil
        guard stream.isOpen else {
            stream.ending = .some(reason)
            return
        }
        switch PQputCopyEnd(pg, reason) {
        case 1:
            stream.ending = nil
            flush()
            // The server's verdict may have come, unread, before the end was sent.
            if case .exclusive(let current) = phase, current === flight {
                receive(exclusive: flight)
            }
        case 0:
            stream.ending = .some(reason)
            flush()
        default: failWithLibpqMessage()
        }
    }

    /// The socket took everything: what waited for room may go on.
    func resumeCopy(_ flight: Flight) {
        guard case .copy(_, let stream) = flight.kind else { return }
        if let bytes = stream.unsent { return putCopy(bytes, stream) }
        if let reason = stream.ending { return endCopy(stream, because: reason) }
        stream.accepted()
    }
}
