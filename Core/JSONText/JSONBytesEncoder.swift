/// Encodes an `Encodable` straight into UTF-8, members in the order in which they are declared.
/// Foundation's encoder builds a tree first and takes ten times as long for a page of cards.
package struct JSONBytesEncoder: Encoder {
    package var codingPath: [any CodingKey] { [] }
    package var userInfo: [CodingUserInfoKey: Any] { [:] }
    private let output: JSONOutput
    /// Which of the values under way it writes.
    private let depth: Int

    /// The document of `value`.
    /// - Throws: what the value's own `encode(to:)` throws; for a number that is not finite, an
    ///   `EncodingError`.
    package static func bytes(of value: some Encodable) throws -> [UInt8] {
        let output = JSONOutput()
        try output.encode(value)
        return output.bytes
    }

    fileprivate init(_ output: JSONOutput, _ depth: Int) {
        self.output = output
        self.depth = depth
    }

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
        output.open(depth, asObject: true)
        return KeyedEncodingContainer(Keyed<Key>(output: output, depth: depth))
    }

    package func unkeyedContainer() -> any UnkeyedEncodingContainer {
        output.open(depth, asObject: false)
        return Unkeyed(output: output, depth: depth)
    }

    package func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(output: output, depth: depth)
    }
}

extension JSONOutput {
    /// The whole of `value`, here.
    fileprivate func encode<Value: Encodable>(_ value: Value) throws {
        let depth = enter()
        try value.encode(to: JSONBytesEncoder(self, depth))
        close(depth)
    }

    /// The types are compared first: a cast that fails searches the whole program for a
    /// conformance. Other plain values come back through a container for a single one.
    fileprivate func put<Value: Encodable>(_ value: Value) throws {
        if Value.self == String.self, let text = value as? String {
            write(text)
        } else if Value.self == Int64.self, let number = value as? Int64 {
            write(number: number)
        } else {
            try encode(value)
        }
    }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: JSONOutput
    let depth: Int

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        output.next(depth, key.stringValue)
        output.write(plain: "null")
    }
    func encode(_ value: String, forKey key: Key) {
        output.next(depth, key.stringValue)
        output.write(value)
    }
    func encode(_ value: Bool, forKey key: Key) {
        output.next(depth, key.stringValue)
        output.write(plain: value ? "true" : "false")
    }
    func encode(_ value: Int, forKey key: Key) {
        output.next(depth, key.stringValue)
        output.write(number: value)
    }
    func encode(_ value: Int64, forKey key: Key) {
        output.next(depth, key.stringValue)
        output.write(number: value)
    }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        output.next(depth, key.stringValue)
        try output.put(value)
    }
    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Inner> {
        output.next(depth, key.stringValue)
        return JSONBytesEncoder(output, output.enter()).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        output.next(depth, key.stringValue)
        return JSONBytesEncoder(output, output.enter()).unkeyedContainer()
    }
    func superEncoder() -> any Encoder {
        output.next(depth, "super")
        return JSONBytesEncoder(output, output.enter())
    }
    func superEncoder(forKey key: Key) -> any Encoder {
        output.next(depth, key.stringValue)
        return JSONBytesEncoder(output, output.enter())
    }
}

private struct Unkeyed: UnkeyedEncodingContainer {
    let output: JSONOutput
    let depth: Int

    var codingPath: [any CodingKey] { [] }
    var count: Int { output.items(depth) }

    func encodeNil() {
        output.next(depth)
        output.write(plain: "null")
    }
    func encode<Value: Encodable>(_ value: Value) throws {
        output.next(depth)
        try output.put(value)
    }
    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type
    ) -> KeyedEncodingContainer<Inner> {
        output.next(depth)
        return JSONBytesEncoder(output, output.enter()).container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        output.next(depth)
        return JSONBytesEncoder(output, output.enter()).unkeyedContainer()
    }
    func superEncoder() -> any Encoder {
        output.next(depth)
        return JSONBytesEncoder(output, output.enter())
    }
}

private struct Single: SingleValueEncodingContainer {
    let output: JSONOutput
    let depth: Int

    var codingPath: [any CodingKey] { [] }

    func encodeNil() { plain { $0.write(plain: "null") } }
    func encode(_ value: String) { plain { $0.write(value) } }
    func encode(_ value: Bool) { plain { $0.write(plain: value ? "true" : "false") } }
    func encode(_ value: Double) throws { try plain { try $0.write(fraction: value) } }
    func encode(_ value: Float) throws { try plain { try $0.write(fraction: value) } }
    func encode(_ value: Int) { plain { $0.write(number: value) } }
    func encode(_ value: Int8) { plain { $0.write(number: value) } }
    func encode(_ value: Int16) { plain { $0.write(number: value) } }
    func encode(_ value: Int32) { plain { $0.write(number: value) } }
    func encode(_ value: Int64) { plain { $0.write(number: value) } }
    func encode(_ value: Int128) { plain { $0.write(number: value) } }
    func encode(_ value: UInt) { plain { $0.write(number: value) } }
    func encode(_ value: UInt8) { plain { $0.write(number: value) } }
    func encode(_ value: UInt16) { plain { $0.write(number: value) } }
    func encode(_ value: UInt32) { plain { $0.write(number: value) } }
    func encode(_ value: UInt64) { plain { $0.write(number: value) } }
    func encode(_ value: UInt128) { plain { $0.write(number: value) } }

    private func plain(_ write: (JSONOutput) throws -> Void) rethrows {
        output.settle(depth)
        try write(output)
    }

    func encode<Value: Encodable>(_ value: Value) throws {
        try value.encode(to: JSONBytesEncoder(output, depth))
    }
}
