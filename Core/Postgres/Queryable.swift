/// Where statements run: the ``Database`` (each on its own) or a ``Transaction`` (together).
public protocol Queryable: Sendable {
    /// Runs one statement and returns its rows.
    func query(_ sql: SQL) async throws(PostgresError) -> Rows
    /// Sends all statements in one flush and returns their rows in order. On a ``Database`` they
    /// run as one implicit transaction; the first that fails fails the rest.
    func batch(_ statements: [SQL]) async throws(PostgresError) -> [Rows]
    /// As ``batch(_:)``, where each statement is planned once for all values: for those whose
    /// planning costs more than their run, and whose best plan no value changes. In a
    /// ``Transaction`` every statement is planned so.
    func batchPlannedOnce(_ statements: [SQL]) async throws -> [Rows]
}

extension Queryable {
    public func batchPlannedOnce(_ statements: [SQL]) async throws -> [Rows] {
        try await batch(statements)
    }

    /// Runs one statement and returns how many rows it touched.
    @discardableResult
    public func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await query(sql).affected
    }
}
