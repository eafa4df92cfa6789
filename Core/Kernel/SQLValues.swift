import Postgres
import Vocabulary

// Which of our types cross into SQL, one line each.

extension ID: SQLEncodable {
    public var sqlText: String? { description }
}

extension ID: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let id = cell.read({ ID(utf8: $0) }) else { return nil }
        self = id
    }
}

extension Instant: SQLEncodable {
    public var sqlText: String? { description }
}

extension Instant: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let text = cell.text, let instant = Instant(text) else { return nil }
        self = instant
    }
}

extension Currency: SQLEncodable {
    public var sqlText: String? { code }
}

extension Currency: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let text = cell.text, let currency = Currency(text) else { return nil }
        self = currency
    }
}

extension PartsPerMillion: SQLEncodable {
    public var sqlText: String? { value.description }
}

extension PartsPerMillion: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let text = cell.text, let value = Int64(text) else { return nil }
        self = PartsPerMillion(value)
    }
}

/// A value that is stored as jsonb: `\(JSON(address))` binds it, `c.next(JSON<Address>.self).value`
/// reads it.
public struct JSON<Value: Codable & Sendable>: Sendable {
    public let value: Value

    public init(_ value: Value) { self.value = value }
}

/// A closed enum that is stored as its raw text; a text that is not a case is a decoding error.
public protocol SQLText: RawRepresentable, SQLEncodable, SQLDecodable where RawValue == String {}

extension SQLText {
    public var sqlText: String? { rawValue }

    public init?(sql cell: Cell) {
        guard let text = cell.text, let value = Self(rawValue: text) else { return nil }
        self = value
    }
}
