/// A value that can be bound to a parameter, in PostgreSQL's text format.
public protocol SQLEncodable: Sendable {
    /// The text that PostgreSQL parses for the parameter's type; `nil` is NULL.
    var sqlText: String? { get }
}

extension String: SQLEncodable { public var sqlText: String? { self } }
extension Bool: SQLEncodable { public var sqlText: String? { self ? "t" : "f" } }
extension Int: SQLEncodable { public var sqlText: String? { description } }
extension Int64: SQLEncodable { public var sqlText: String? { description } }
extension Int32: SQLEncodable { public var sqlText: String? { description } }
extension Int16: SQLEncodable { public var sqlText: String? { description } }

extension Optional: SQLEncodable where Wrapped: SQLEncodable {
    public var sqlText: String? { self?.sqlText ?? nil }
}

/// A PostgreSQL array literal; cast the parameter where the type is not plain: `\(ids)::uuid[]`.
extension Array: SQLEncodable where Element: SQLEncodable {
    public var sqlText: String? {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        var literal: [UInt8] = []
        literal.reserveCapacity(2 + count * 40)
        literal.append(UInt8(ascii: "{"))
        for element in self {
            if literal.count > 1 { literal.append(UInt8(ascii: ",")) }
            guard var text = element.sqlText else {
                literal += "NULL".utf8
                continue
            }
            literal.append(quote)
            text.withUTF8 { bytes in
                guard bytes.contains(where: { $0 == quote || $0 == backslash }) else {
                    return literal.append(contentsOf: bytes)
                }
                for byte in bytes {
                    if byte == quote || byte == backslash { literal.append(backslash) }
                    literal.append(byte)
                }
            }
            literal.append(quote)
        }
        literal.append(UInt8(ascii: "}"))
        return String(decoding: literal, as: UTF8.self)
    }
}

/// Bytes for a `bytea` parameter.
public struct Bytes: Hashable, Sendable, SQLEncodable {
    public let bytes: [UInt8]

    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    public var sqlText: String? {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "x")]
        text.reserveCapacity(2 + bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
