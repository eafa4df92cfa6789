/// An open transaction. Dies at commit: a copy that escapes the closure throws `.transactionOver`.
public struct Transaction: Queryable, Sendable {
    public func query(_ sql: SQL) async throws(PostgresError) -> Rows { fatalError() }
    public func batch(_ statements: [SQL]) async throws(PostgresError) -> [Rows] { fatalError() }

    /// Sends `rows` with COPY … FROM STDIN in text format; each row's values in column order.
    /// - Returns: how many rows were written.
    @discardableResult
    public func copy(
        into table: StaticString, columns: StaticString, rows: some Sequence<[String?]> & Sendable
    ) async throws(PostgresError) -> Int { fatalError() }
}
