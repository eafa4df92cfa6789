/// Encodes an `Encodable` straight into UTF-8, members in the order in which they are declared.
/// Foundation's encoder builds a tree first and takes ten times as long for a page of cards.
package struct JSONBytesEncoder: Encoder {
    package let codingPath: [any CodingKey] = []
    package var userInfo: [CodingUserInfoKey: Any] { [:] }
    private let level: Level

    /// The document of `value`.
    /// - Throws: what the value's own `encode(to:)` throws; for a number that is not finite, an
    ///   `EncodingError`.
    package static func bytes(of value: some Encodable) throws -> [UInt8] {
        let output = Output()
        try Level(output).encode(value)
        return output.bytes
    }

    fileprivate init(_ level: Level) { self.level = level }

    /// The text as JSON writes it, in quotes.
    package static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        defer { output.append(UInt8(ascii: "\"")) }
        // Most texts have nothing to escape, and are then copied as a whole.
        guard !isPlain(text) else {
            output += text.utf8
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                output += ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8
            default: output.append(byte)
            }
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices
        where bytes[index] < 0x20 || bytes[index] == UInt8(ascii: "\"")
            || bytes[index] == UInt8(ascii: "\\")
        {
            return false
        }
        return true
    }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        level.open(.object)
        return KeyedEncodingContainer(Keyed<Key>(level: level))
    }

    package func unkeyedContainer() -> any UnkeyedEncodingContainer {
        level.open(.array)
        return Unkeyed(level: level)
    }

    package func singleValueContainer() -> any SingleValueEncodingContainer { Single(level: level) }
}

/// The text so far.
private final class Output {
    var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(1024) }

    /// Several pieces in one go: Swift watches over each access of its own.
    @inline(__always)
    func write(_ pieces: (inout [UInt8]) -> Void) { pieces(&bytes) }
}

/// One value under way: where it opened an object or a list, and whether that is still open.
private final class Level {
    enum Kind { case nothing, object, array, plain }

    let output: Output
    private(set) var kind = Kind.nothing
    private(set) var count = 0
    /// A container within this one that its owner has not left yet.
    private var inner: Level?

    init(_ output: Output) { self.output = output }

    func open(_ kind: Kind) {
        guard self.kind == .nothing else { return }
        self.kind = kind
        output.bytes.append(UInt8(ascii: kind == .object ? "{" : "["))
    }

    func close() {
        inner?.close()
        inner = nil
        switch kind {
        case .object: output.bytes.append(UInt8(ascii: "}"))
        case .array: output.bytes.append(UInt8(ascii: "]"))
        // A type without members encodes nothing.
        case .nothing: output.bytes += "{}".utf8
        case .plain: break
        }
        kind = .plain
    }

    /// Begins the next item.
    func next() {
        inner?.close()
        inner = nil
        if count > 0 { output.bytes.append(UInt8(ascii: ",")) }
        count += 1
    }

    /// Begins the next member.
    func next(_ key: some CodingKey) {
        inner?.close()
        inner = nil
        let name = key.stringValue
        let isFirst = count == 0
        count += 1
        output.write { bytes in
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            JSONBytesEncoder.write(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
        }
    }

    /// A container that is written into until this one goes on.
    func nested(_ kind: Kind) -> Level {
        let level = Level(output)
        level.open(kind)
        inner = level
        return level
    }

    func deferred() -> Level {
        let level = Level(output)
        inner = level
        return level
    }

    /// The whole of `value`, here.
    func encode<Value: Encodable>(_ value: Value) throws {
        let level = Level(output)
        try value.encode(to: JSONBytesEncoder(level))
        level.close()
    }

    func write(_ text: String) {
        kind = kind == .nothing ? .plain : kind
        JSONBytesEncoder.write(text, to: &output.bytes)
    }

    func write(plain text: String) {
        kind = kind == .nothing ? .plain : kind
        output.bytes += text.utf8
    }

    func write<Number: BinaryFloatingPoint & CustomStringConvertible>(_ number: Number) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, .init(codingPath: [], debugDescription: "JSON has no such number"))
        }
        let whole = Int64(exactly: number)
        write(plain: whole.map { String($0) } ?? number.description)
    }
}

/// What the three kinds of container do alike: one value, wherever it goes.
private protocol LevelWriter {
    var level: Level { get }
}

extension LevelWriter {
    var codingPath: [any CodingKey] { [] }

    /// The types are compared first: a cast that fails searches the whole program for a
    /// conformance. Other plain values come back through a container for a single one.
    func put<Value: Encodable>(_ value: Value) throws {
        if Value.self == String.self, let text = value as? String {
            level.write(text)
        } else if Value.self == Int64.self, let number = value as? Int64 {
            level.write(plain: String(number))
        } else {
            try level.encode(value)
        }
    }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol, LevelWriter {
    let level: Level

    func encodeNil(forKey key: Key) {
        level.next(key)
        level.write(plain: "null")
    }
    func encode(_ value: String, forKey key: Key) {
        level.next(key)
        level.write(value)
    }
    func encode(_ value: Bool, forKey key: Key) {
        level.next(key)
        level.write(plain: value ? "true" : "false")
    }
    func encode(_ value: Int, forKey key: Key) {
        level.next(key)
        level.write(plain: String(value))
    }
    func encode(_ value: Int64, forKey key: Key) {
        level.next(key)
        level.write(plain: String(value))
    }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        level.next(key)
        try put(value)
    }
    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Inner> {
        level.next(key)
        return KeyedEncodingContainer(Keyed<Inner>(level: level.nested(.object)))
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        level.next(key)
        return Unkeyed(level: level.nested(.array))
    }
    func superEncoder() -> any Encoder { JSONBytesEncoder(level.deferred()) }
    func superEncoder(forKey key: Key) -> any Encoder {
        level.next(key)
        return JSONBytesEncoder(level.deferred())
    }
}

private struct Unkeyed: UnkeyedEncodingContainer, LevelWriter {
    let level: Level
    var count: Int { level.count }

    func encodeNil() {
        level.next()
        level.write(plain: "null")
    }
    func encode<Value: Encodable>(_ value: Value) throws {
        level.next()
        try put(value)
    }
    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type
    ) -> KeyedEncodingContainer<Inner> {
        level.next()
        return KeyedEncodingContainer(Keyed<Inner>(level: level.nested(.object)))
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        level.next()
        return Unkeyed(level: level.nested(.array))
    }
    func superEncoder() -> any Encoder {
        level.next()
        return JSONBytesEncoder(level.deferred())
    }
}

private struct Single: SingleValueEncodingContainer, LevelWriter {
    let level: Level

    func encodeNil() { level.write(plain: "null") }
    func encode(_ value: String) { level.write(value) }
    func encode<Value: Encodable>(_ value: Value) throws {
        switch value {
        case let text as String: level.write(text)
        case let bool as Bool: level.write(plain: bool ? "true" : "false")
        case let number as any BinaryInteger: level.write(plain: "\(number)")
        case let number as Double: try level.write(number)
        case let number as Float: try level.write(number)
        default: try value.encode(to: JSONBytesEncoder(level))
        }
    }
}
