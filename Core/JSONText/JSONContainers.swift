/// The members of an object.
struct JSONMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    /// From so many members on they are looked up in a table, that nobody's object with very many
    /// of them takes their square.
    private static var tableMin: Int { 24 }

    private let object: JSONBytesDecoder
    private let table: [String: Int]?

    init(object: JSONBytesDecoder) {
        self.object = object
        table =
            object.entry.length < Self.tableMin
            ? nil
            : Dictionary(
                object.document.members(of: object.index).map { ($0.name, $0.index) }
            ) { first, _ in first }
    }

    var codingPath: [any CodingKey] { object.codingPath }

    var allKeys: [Key] {
        object.document.members(of: object.index).compactMap { Key(stringValue: $0.name) }
    }

    private func find(_ key: Key) -> JSONBytesDecoder? {
        let name = key.stringValue
        let index =
            if let table { table[name] } else { object.document.member(name, of: object.index) }
        return index.map { object.at($0) }
    }

    private func value(_ key: Key) throws -> JSONBytesDecoder {
        guard let value = find(key) else {
            throw DecodingError.keyNotFound(
                key,
                .init(codingPath: codingPath, debugDescription: "\(key.stringValue) is missing."))
        }
        return value
    }

    /// Nil also where it is null.
    private func present(_ key: Key) -> JSONBytesDecoder? {
        guard let value = find(key), value.entry.kind != .null else { return nil }
        return value
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try value(key).decode(type)
    }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try value(key).decode(type)
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key).decode(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        try value(key).decode(type)
    }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try Value(from: value(key))
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key)?.decode(type)
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key)?.decode(type)
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key)?.decode(type)
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try present(key)?.decode(type)
    }
    func decodeIfPresent<Value: Decodable>(
        _ type: Value.Type, forKey key: Key
    ) throws -> Value? {
        try present(key).map { try Value(from: $0) }
    }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> {
        try value(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try value(key).unkeyedContainer()
    }
    func superDecoder() -> any Decoder {
        object.document.member("super", of: object.index).map { object.at($0) } ?? .null
    }
    func superDecoder(forKey key: Key) -> any Decoder { find(key) ?? .null }
}

extension JSONBytesDecoder {
    /// At a value that is null.
    static var null: JSONBytesDecoder { JSONBytesDecoder(document: .null, index: 0) }
}

/// The items of a list, one after the other.
struct JSONItems: UnkeyedDecodingContainer {
    private let list: JSONBytesDecoder
    /// The next one, on the tape and in the list; 32 bits, so that a container of any type holds
    /// it without room of its own.
    private var next: UInt32
    private var number: UInt32 = 0

    init(list: JSONBytesDecoder) {
        self.list = list
        next = UInt32(list.index + 1)
    }

    var codingPath: [any CodingKey] { list.codingPath }
    var count: Int? { Int(list.entry.length) }
    var currentIndex: Int { Int(number) }
    var isAtEnd: Bool { number >= list.entry.length }

    private func peek(_ type: Any.Type) throws -> JSONBytesDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type,
                .init(
                    codingPath: codingPath + [JSONStep(number: currentIndex)],
                    debugDescription: "The list has no more."))
        }
        return list.at(Int(next))
    }

    /// The next one as `read` reads it; one that cannot be read stays the next.
    private mutating func take<Value>(
        _ type: Any.Type, _ read: (JSONBytesDecoder) throws -> Value
    ) throws -> Value {
        let item = try peek(type)
        let value = try read(item)
        next = item.entry.next
        number += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard try peek(Any?.self).decodeNil() else { return false }
        return try take(Any?.self) { _ in true }
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try take(type) { try Value(from: $0) }
    }

    mutating func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type
    ) throws -> KeyedDecodingContainer<Inner> {
        try take([String: String].self) { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try take([String].self) { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try take((any Decoder).self) { $0 } }
}
