import CPostgres
import Reactor

/// Sending flights and landing them, in pipeline mode.
extension Connection {
    /// Sends the flight now, or as soon as what must go first has gone.
    func send(_ flight: Flight) {
        guard isReady else {
            return complete(
                flight, failure: PostgresError(.unavailable, "the connection is not open"))
        }
        backlog.append(flight)
        pump()
    }

    /// Lets go what may go.
    func pump() {
        while let flight = backlog.first, case .ready = phase, !isCancelUnderWay {
            if flight.isExclusive, !inFlight.isEmpty { return }
            _ = backlog.popFirst()
            if flight.isCancelled {
                flight.carrier?.landed(flight)
                continue
            }
            if flight.isExclusive { begin(exclusive: flight) } else { dispatch(flight) }
        }
    }

    func dispatch(_ flight: Flight) {
        flight.sentAt = reactor.now
        // The server ends a statement by itself at its deadline; ours comes later and only when
        // the server does not speak. The server counts each statement anew, so do we.
        flight.limit =
            flight.limit > 0
            ? flight.limit
            : settings.statementDeadline.nanoseconds
                &* UInt64(max(1, flight.statements.count)) &+ Self.grace
        if inFlight.isEmpty { headSince = flight.sentAt }
        inFlight.append(flight)
        guard sendStatements(of: flight), PQpipelineSync(pg) == 1 else {
            return failWithLibpqMessage()
        }
        queueFlush()
        armDeadline()
    }

    /// How much longer than the server's own deadline a client waits for it to speak.
    static var grace: UInt64 { 1_000_000_000 }

    private func sendStatements(of flight: Flight) -> Bool {
        for statement in flight.prologue {
            guard sendStatement(statement, of: flight, isSilent: true) else { return false }
        }
        for statement in flight.isWhole ? flight.statements.dropLast() : flight.statements[...] {
            guard sendStatement(statement, of: flight, isSilent: false) else { return false }
        }
        return true
    }

    private func sendStatement(_ sql: SQL, of flight: Flight, isSilent: Bool) -> Bool {
        let count = Int32(sql.binds.count)
        var entry = cache.find(sql.text)
        if entry == nil {
            if let old = cache.evict() {
                let text = "deallocate " + String(cString: old.name)
                guard PQsendQueryParams(pg, text, 0, nil, nil, nil, nil, 0) == 1 else {
                    return false
                }
                let isFirst = flight.steps.isEmpty
                flight.steps.append(.silent)
                // Some commands refuse to run behind another one in the same implicit
                // transaction: `drop database`, `create index concurrently`.
                if isFirst {
                    guard PQpipelineSync(pg) == 1 else { return false }
                    flight.steps.append(.barrier)
                }
            }
            let new = cache.insert(sql.text)
            guard PQsendPrepare(pg, new.name, sql.text, 0, nil) == 1 else { return false }
            flight.steps.append(.prepare(new))
            entry = new
        } else if let pending = entry, !pending.isReady, !flight.isPreparing(pending) {
            // Another flight is preparing it and may fail: this one goes without.
            entry = nil
        }
        let values = parameters.fill(sql.binds)
        flight.steps.append(isSilent ? .silent : .execute(entry))
        guard let entry else {
            return PQsendQueryParams(pg, sql.text, count, nil, values, nil, nil, 0) == 1
        }
        return PQsendQueryPrepared(pg, entry.name, count, values, nil, nil, 0) == 1
    }

    /// Takes every answer that has come completely.
    func land() {
        while let flight = inFlight.first, PQisBusy(pg) == 0 {
            guard let result = PQgetResult(pg) else {
                // What fails at the sync itself, such as a deferred constraint, ends a step more.
                let steps = flight.steps.count + (flight.failure == nil ? 0 : 1)
                guard PQstatus(pg) != CONNECTION_BAD, flight.stepsDone < steps else {
                    return failWithLibpqMessage()
                }
                flight.stepsDone += 1
                continue
            }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                if case .barrier? = flight.step {
                    flight.stepsDone += 1
                    continue
                }
                _ = inFlight.popFirst()
                headSince = reactor.now
                completed(flight)
            case PGRES_PIPELINE_ABORTED:
                PQclear(result)
                if case .prepare(let entry)? = flight.step { cache.remove(entry) }
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                take(error: result, for: flight)
                if PQstatus(pg) == CONNECTION_BAD { return failWithLibpqMessage() }
            default: take(result, for: flight)
            }
            if case .closed = phase { return }
        }
    }

    private func take(_ result: OpaquePointer, for flight: Flight) {
        switch flight.step {
        case .prepare(let entry):
            entry.isReady = true
            PQclear(result)
        case .execute where !flight.isSettled:
            flight.results.append(Rows(result: QueryResult(result)))
        case .execute, .silent, .barrier, nil: PQclear(result)
        }
    }

    private func take(error result: OpaquePointer, for flight: Flight) {
        defer { PQclear(result) }
        var statement: String?
        switch flight.step {
        case .prepare(let entry):
            cache.remove(entry)
            statement = entry.text
        case .execute(let entry):
            let index = flight.results.count
            statement = index < flight.statements.count ? flight.statements[index].text : nil
            if let entry, Self.tellsOfStalePlan(result) {
                cache.remove(entry)
                flight.hasStalePlan = true
            }
        case .silent:
            // What stands behind a barrier is done without it: were all of it sent again, it would
            // be done twice. A statement that the session does not have need not be let go.
            if flight.isBeforeBarrier { return }
            flight.hasStalePlan = Self.tellsOfStalePlan(result)
        case .barrier, nil: break
        }
        guard flight.failure == nil else { return }
        let age = reactor.now &- headSince
        flight.failure = PostgresError(
            result, statement: statement, isCancelled: flight.isCancelled,
            isOverdue: age &+ 20_000_000 >= settings.statementDeadline.nanoseconds)
    }

    /// The plan is of a table that has changed, or a pooler has given us another session. What
    /// PostgreSQL cannot do at all has the same state, and comes from elsewhere in it.
    private static func tellsOfStalePlan(_ result: OpaquePointer) -> Bool {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        let state = field(ErrorField.sqlState)
        return state == "26000"
            || state == "0A000" && field(ErrorField.routine) == "RevalidateCachedQuery"
    }

    private func completed(_ flight: Flight) {
        if flight.hasStalePlan, !flight.wasResent, flight.carrier is SharedConnections {
            // The failure rolled all of it back, so it may run again as if for the first time.
            // Another statement of it may be of the same table.
            for case .execute(let entry?) in flight.steps { cache.remove(entry) }
            flight.wasResent = true
            flight.reset()
            if !flight.isCancelled { return send(flight) }
        }
        flight.carrier?.landed(flight)
        flight.onLanding?()
        flight.settle(flight.failure.map { .failure($0) } ?? .success(flight.results))
        if inFlight.isEmpty { pump() }
    }

    // MARK: Deadlines

    private func armDeadline() {
        guard deadlineTimer == nil, let head = inFlight.first else { return }
        let due = max(head.sentAt, headSince) &+ head.limit
        let now = reactor.now
        deadlineTimer = reactor.schedule(
            after: .nanoseconds(due > now ? Int64(clamping: due - now) + 1_000_000 : 1_000_000)
        ) { [weak self] in self?.checkDeadlines() }
    }

    private func checkDeadlines() {
        deadlineTimer = nil
        guard let head = inFlight.first else { return }
        let now = reactor.now
        inFlight.forEach { flight in
            if flight.isOverdue(at: now) { flight.settle(.failure(.overdue)) }
        }
        guard now <= max(head.sentAt, headSince) &+ head.limit else {
            return fail(PostgresError(.unavailable, "the server has stopped answering"))
        }
        armDeadline()
    }

    // MARK: Cancelling

    /// Asks the server, on a thread of its own, to stop what it is doing for this connection.
    /// Nothing else is sent until that request is answered: it must not hit a later statement.
    func requestCancel() {
        guard !isCancelUnderWay, let pg, let handle = PQgetCancel(pg) else { return }
        isCancelUnderWay = true
        let request = CancelRequest(handle: handle)
        let isTaken = BlockingCalls.cancelling.run { [reactor] in
            request.send()
            reactor.submit { self.cancelAnswered() }
        }
        // The server's own deadline will end the statement then.
        guard isTaken else { return isCancelUnderWay = false }
        // The request is a connection of its own, and the roll-back waits behind it.
        cancelTimer = reactor.schedule(after: settings.connectDeadline) { [weak self] in
            self?.fail(
                PostgresError(.unavailable, "the server did not answer a request to cancel"))
        }
    }

    private func cancelAnswered() {
        isCancelUnderWay = false
        if let cancelTimer { reactor.cancel(cancelTimer) }
        cancelTimer = nil
        pump()
    }
}

/// libpq's handle for cancelling, which may be used on any one thread.
private final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer

    init(handle: OpaquePointer) { self.handle = handle }
    deinit { PQfreeCancel(handle) }

    func send() {
        var message = [CChar](repeating: 0, count: 256)
        PQcancel(handle, &message, 256)
    }
}

extension Flight {
    var step: Step? { stepsDone < steps.count ? steps[stepsDone] : nil }

    /// Whether a sync follows the step under way, so that its failure ends nothing else.
    var isBeforeBarrier: Bool {
        guard stepsDone + 1 < steps.count, case .barrier = steps[stepsDone + 1] else {
            return false
        }
        return true
    }

    func isPreparing(_ entry: CachedStatement) -> Bool {
        steps.contains { step in
            if case .prepare(let own) = step { own === entry } else { false }
        }
    }
}
