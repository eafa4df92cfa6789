import Synchronization

/// A statement that is committed together with the first change that a task makes, whatever that
/// change is, so that it is known afterwards whether anything was.
///
/// It goes along with each commit of the task, and of the tasks within it, until one of them has
/// changed something. The statement itself must say that it applies only then, by
/// `pg_current_xact_id_if_assigned() is not null`, and touch one row when it does.
public final class FirstWriteMark: Sendable {
    /// The mark of what is being done just now.
    @TaskLocal public static var current: FirstWriteMark?

    let statement: SQL
    private let isCommitted = Mutex(false)

    public init(_ statement: SQL) {
        self.statement = statement
    }

    /// Whether a change was committed, and the statement with it. Both may also be where this says
    /// no, as an answer can be lost.
    public var isMade: Bool { isCommitted.withLock { $0 } }

    /// - Parameter rows: those of a transaction that was committed, the statement's own last.
    /// - Returns: the others.
    func separated(from rows: [Rows]) -> [Rows] {
        guard let own = rows.last else { return rows }
        if own.affected > 0 { isCommitted.withLock { $0 = true } }
        return rows.dropLast()
    }
}

extension TransactionSession {
    /// Commits, unless nothing was begun or it was committed already.
    /// - Throws: ``PostgresError``: what doomed the transaction, or broke it at its commit.
    func end() async throws(PostgresError) {
        let mark = FirstWriteMark.current.flatMap { $0.isMade ? nil : $0 }
        let end = Flight(.commit, (mark.map { [$0.statement] } ?? []) + [.commit], carrier: self)
        end.isOnlyEnd = true
        let rows = try await end.fly(on: reactor)
        // What had nothing to commit has no rows.
        if let mark, rows.count == 2 { _ = mark.separated(from: [rows[0]]) }
    }
}
