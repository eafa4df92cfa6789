import Reactor

/// An open transaction. Dies at commit: a copy that escapes the closure throws `.transactionOver`.
///
/// Its first statement takes a connection from the pool; until then it holds none. After an error
/// PostgreSQL refuses every further statement; wrap in ``savepoint(_:)`` what may fail.
public struct Transaction: Queryable, Sendable {
    let session: TransactionSession

    public func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        let rows = try await Flight([sql], carrier: session).fly(on: session.reactor)
        guard let first = rows.first else { throw .noAnswer }
        return first
    }

    public func batch(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
        guard !statements.isEmpty else { return [] }
        return try await Flight(statements, carrier: session).fly(on: session.reactor)
    }

    /// Sends `statements` and the commit in one flush, so that no lock is held while we wait for
    /// answers. The transaction is over afterwards; if any statement fails, nothing is kept. What
    /// the statements must have found has to be enforced by constraints, as the answers come too
    /// late to object.
    public func commit(after statements: [SQL]) async throws(PostgresError) -> [Rows] {
        guard let mark = FirstWriteMark.current, !mark.isMade else {
            let rows = try await Flight(.commit, statements + [.commit], carrier: session)
                .fly(on: session.reactor)
            return Array(rows.prefix(statements.count))
        }
        let rows = try await Flight(
            .commit, statements + [mark.statement, .commit], carrier: session
        ).fly(on: session.reactor)
        return mark.separated(from: Array(rows.prefix(statements.count + 1)))
    }

    /// Runs `body` so that its failure undoes only its own statements; the error is thrown on.
    @discardableResult
    nonisolated(nonsending) public func savepoint<Value: Sendable>(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        try await execute("savepoint inner_block")
        do {
            let value = try await body()
            try await execute("release savepoint inner_block")
            return value
        } catch {
            _ = try await batch([
                "rollback to savepoint inner_block", "release savepoint inner_block",
            ])
            session.reactor.submit { session.forgive() }
            throw error
        }
    }

    /// Runs a text of several commands: a migration. It takes no parameters, and must come from
    /// our own files.
    public func run(script: String) async throws(PostgresError) {
        guard !script.utf8.contains(0) else {
            throw PostgresError(.server, "the script holds a zero byte", sqlState: "22021")
        }
        _ = try await Flight(.script(script), [], carrier: session).fly(on: session.reactor)
    }

    /// Sends `rows` with COPY … FROM STDIN in text format; each row's values in column order.
    /// Memory stays bounded however many rows there are.
    /// - Returns: how many rows were written.
    @discardableResult
    public func copy(
        into table: StaticString, columns: StaticString, rows: some Sequence<[String?]> & Sendable
    ) async throws(PostgresError) -> Int {
        let stream = CopyStream()
        let reactor = session.reactor
        let flight = Flight(
            .copy(command: "copy \(table) (\(columns)) from stdin", stream), [], carrier: session)
        async let landing = flight.outcome(on: reactor)
        let failure = await feed(rows, to: stream)
        if let failure { stream.finish(because: failure, through: session, on: reactor) }
        return try await landing.get().last?.affected ?? 0
    }

    /// - Returns: why the copy must be given up, when it must.
    private func feed(_ rows: some Sequence<[String?]>, to stream: CopyStream) async -> String? {
        let reactor = session.reactor
        var chunk: [UInt8] = []
        do throws(PostgresError) {
            try await stream.waitForRoom(on: reactor)
            for row in rows {
                CopyStream.append(row, to: &chunk)
                guard chunk.count >= CopyStream.chunkBytes else { continue }
                if Task.isCancelled { return "the task was cancelled" }
                stream.put(chunk, through: session, on: reactor)
                chunk.removeAll(keepingCapacity: true)
                try await stream.waitForRoom(on: reactor)
            }
            stream.put(chunk, through: session, on: reactor)
            try await stream.waitForRoom(on: reactor)
            stream.finish(because: nil, through: session, on: reactor)
            return nil
        } catch {
            // The flight has its error, which is the one to tell. When it was cancelled, the
            // server still waits for the copy's end; otherwise this reaches nobody.
            return error.message
        }
    }
}

extension Flight {
    func outcome(on reactor: Reactor) async -> Result<[Rows], PostgresError> {
        do throws(PostgresError) {
            return .success(try await fly(on: reactor))
        } catch {
            return .failure(error)
        }
    }
}

extension PostgresError {
    static var noAnswer: PostgresError { PostgresError(.server, "the statement had no answer") }
}
