/// Decodes a `Decodable` straight from UTF-8, without a tree of values between: the counterpart of
/// ``JSONBytesEncoder``, for what travels in frames and stands in columns.
///
/// It takes what Foundation's decoder takes, with the same result, but for what is no JSON or not
/// exact: commas before an end, a byte order mark, other encodings than UTF-8, nonsense in members
/// that nobody reads, and fractions that a floating-point number would have swallowed are refused.
/// Foundation's own types (`Data`, `Date`, `URL`, `Decimal`) are not known here.
package struct JSONBytesDecoder: Decoder {
    let document: JSONDocument
    let index: Int

    /// The value in `bytes`, which are the whole document.
    /// - Throws: `DecodingError`, and what the value's own `init(from:)` throws.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value {
        try Value(from: at(bytes))
    }

    /// At the whole of the document.
    /// - Throws: `DecodingError` when it is none.
    package static func at(_ bytes: [UInt8]) throws -> JSONBytesDecoder {
        do {
            return JSONBytesDecoder(document: try JSONDocument(bytes), index: 0)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "It is \(error)."))
        }
    }

    package var codingPath: [any CodingKey] { document.path(to: index) }
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    var entry: JSONTape.Entry { document.entry(index) }

    package func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard entry.kind == .object else { throw mismatch([String: String].self) }
        return KeyedDecodingContainer(JSONMembers<Key>(object: self))
    }

    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard entry.kind == .list else { throw mismatch([String].self) }
        return JSONItems(list: self)
    }

    package func singleValueContainer() -> any SingleValueDecodingContainer { self }

    /// The same document at another value.
    func at(_ index: Int) -> JSONBytesDecoder { JSONBytesDecoder(document: document, index: index) }

    func mismatch(_ type: Any.Type) -> DecodingError {
        let path = codingPath
        guard entry.kind != .null else {
            return .valueNotFound(
                type, .init(codingPath: path, debugDescription: "\(type) is wanted, it is null."))
        }
        return .typeMismatch(
            type,
            .init(codingPath: path, debugDescription: "\(type) is wanted, it is \(entry.kind)."))
    }

    private func misfit(_ type: Any.Type) -> DecodingError {
        .dataCorrupted(
            .init(codingPath: codingPath, debugDescription: "\(type) cannot hold the number."))
    }

    private func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        let entry = entry
        guard entry.kind == .number else { throw mismatch(type) }
        guard let number = document.integer(entry, type) else { throw misfit(type) }
        return number
    }

    private func fraction<Number: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: Number.Type
    ) throws -> Number {
        let entry = entry
        guard entry.kind == .number else { throw mismatch(type) }
        guard let number = document.fraction(entry, type) else { throw misfit(type) }
        return number
    }
}

extension JSONBytesDecoder: SingleValueDecodingContainer {
    package func decodeNil() -> Bool { entry.kind == .null }

    package func decode(_ type: Bool.Type) throws -> Bool {
        switch entry.kind {
        case .yes: true
        case .no: false
        default: throw mismatch(type)
        }
    }

    package func decode(_ type: String.Type) throws -> String {
        let entry = entry
        guard entry.kind == .text || entry.kind == .escapedText else { throw mismatch(type) }
        return document.text(entry)
    }

    package func decode(_ type: Double.Type) throws -> Double { try fraction(type) }
    package func decode(_ type: Float.Type) throws -> Float { try fraction(type) }
    package func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    package func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    package func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    package func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    package func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    package func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    package func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    package func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    package func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    package func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
    package func decode(_ type: Int128.Type) throws -> Int128 { try integer(type) }
    package func decode(_ type: UInt128.Type) throws -> UInt128 { try integer(type) }

    package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try Value(from: self)
    }
}
