/// The rows of one answer, in order. A collection, so `rows.first` and `rows.map` work.
public struct Rows: RandomAccessCollection, Sendable {
    let result: QueryResult

    public var startIndex: Int { 0 }
    public var endIndex: Int { result.rowCount }
    public subscript(position: Int) -> Row { Row(result: result, index: position) }
    /// Rows that an insert, update or delete touched; the row count of a select.
    public var affected: Int { result.affected }
    var commandTag: String { result.commandTag }

    /// Decodes every row by position.
    /// - Throws: ``PostgresError`` that names the column that did not fit.
    public func decode<T>(_ decode: (inout Columns) throws -> T) throws -> [T] {
        try map { row in
            var columns = row.columns
            return try decode(&columns)
        }
    }
}

/// One row of an answer.
public struct Row: Sendable {
    let result: QueryResult
    let index: Int

    /// A cursor over the columns, from the first.
    public var columns: Columns { Columns(result: result, row: index) }
}

/// Decodes a row's columns one after the other, by position.
///
/// `var c = row.columns; return try Seller(id: c.next(), name: c.next())`
public struct Columns {
    let result: QueryResult
    let row: Int
    var column = 0

    init(result: QueryResult, row: Int) {
        self.result = result
        self.row = row
    }

    /// The next column as `Value`.
    /// - Throws: ``PostgresError/code`` `.decoding` that names the column, when it is missing,
    ///   NULL where a value is asked for, or not of the type.
    public mutating func next<Value: SQLDecodable>(
        _ type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        defer { column += 1 }
        guard column < result.columnCount else {
            throw PostgresError(
                .decoding,
                "the row has \(result.columnCount) columns, number \(column + 1) was read")
        }
        let cell = Cell(bytes: result.bytes(row: row, column: column))
        guard let value = Value(sql: cell) else {
            throw PostgresError(
                .decoding,
                "column \(result.columnName(column)) does not hold a \(Value.self): "
                    + (cell.text.map { String($0.prefix(40)) } ?? "NULL"))
        }
        return value
    }
}

/// One column of one row in PostgreSQL's text format; `bytes` is nil for NULL and valid only
/// while the row's answer is alive.
public struct Cell {
    let bytes: UnsafeRawBufferPointer?

    public var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// Reads the text's bytes where they are; nil for NULL.
    public func read<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value?) -> Value? {
        bytes.flatMap { body($0.bindMemory(to: UInt8.self)) }
    }
}
