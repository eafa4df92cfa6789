import Synchronization

extension Schema {
    /// The schema of a type, read by decoding it from nothing and writing down what it asks for.
    ///
    /// A type that cannot be read so is a mistake of ours and stops the start.
    public static func of(_ type: any Decodable.Type) -> Schema {
        if let known = book.withLock({ $0.known[ObjectIdentifier(type)] }) { return known }
        return record(type, under: []).schema
    }

    /// The object of that name, for ``reference(_:)``.
    static func named(_ name: String) -> ObjectSchema? { book.withLock { $0.objects[name] } }

    private struct Book {
        var known: [ObjectIdentifier: Schema] = [:]
        var objects: [String: ObjectSchema] = [:]
    }

    private static let book = Mutex(Book())

    static func record(
        _ type: any Decodable.Type, under parents: [ObjectIdentifier]
    ) -> (schema: Schema, value: Any?) {
        if let leaf = type as? any SelfDescribed.Type { return (leaf.schema, leaf.example) }
        if let list = type as? any RecordedArray.Type {
            return (
                .array(record(list.element, under: parents).schema, count: 0...1000), list.empty
            )
        }
        if let map = type as? any RecordedMap.Type {
            return (.map(record(map.element, under: parents).schema), map.empty)
        }
        if let optional = type as? any RecordedOptional.Type {
            return (.nullable(record(optional.wrapped, under: parents).schema), optional.absent)
        }
        if let cases = type as? any CaseIterable.Type, let choices = texts(of: cases) {
            return (.text(TextSchema(length: 0...80, choices: choices)), firstCase(of: cases))
        }
        if let plain = plain(type) { return plain }
        let name = typeName(type)
        guard !parents.contains(ObjectIdentifier(type)) else { return (.reference(name), nil) }
        let recorder = Recorder(parents: parents + [ObjectIdentifier(type)])
        let value: Any?
        do { value = try type.init(from: recorder) } catch { value = nil }
        return (finish(type, name, recorder.fields.withLock { $0 }), value)
    }

    private static func finish(
        _ type: any Decodable.Type, _ name: String, _ fields: [FieldSchema]
    ) -> Schema {
        let rules = (type as? any Described.Type)?.rules ?? [:]
        for name in rules.keys where !fields.contains(where: { $0.name == name }) {
            preconditionFailure("\(type) has a rule for \(name), which it does not decode")
        }
        let object = ObjectSchema(
            name: name,
            fields: fields.map { field in
                var field = field
                let own = rules[field.name] ?? []
                field.schema = field.schema.adding(own, to: "\(type).\(field.name)")
                for case .about(let text) in own { field.about = text }
                return field
            })
        book.withLock {
            $0.known[ObjectIdentifier(type)] = .object(object)
            $0.objects[name] = object
        }
        return .object(object)
    }

    private static func plain(_ type: any Decodable.Type) -> (Schema, Any?)? {
        if type == String.self { return (.text(TextSchema(pattern: .plain)), "") }
        if type == Bool.self { return (.boolean, false) }
        if type == Double.self { return (.number, 0.0) }
        if type == JSONValueBox.self { return (.anything, nil) }
        if let whole = type as? any FixedWidthInteger.Type {
            return (.integer(range(of: whole)), zero(of: whole))
        }
        return nil
    }

    private static func range<I: FixedWidthInteger>(of type: I.Type) -> ClosedRange<Int64> {
        Int64(clamping: I.min)...Int64(clamping: I.max)
    }

    private static func zero<I: FixedWidthInteger>(of type: I.Type) -> Any { I.zero }

    private static func texts<C: CaseIterable>(of type: C.Type) -> [String]? {
        let raw = C.allCases.map { ($0 as? any RawRepresentable)?.rawValue as? String }
        return raw.contains { $0 == nil } ? nil : raw.compactMap { $0 }
    }

    private static func firstCase<C: CaseIterable>(of type: C.Type) -> Any? {
        C.allCases.first { _ in true }
    }
}

/// Any JSON value in a body, for the rare field whose form is not ours to say.
public struct JSONValueBox: Codable, Sendable {
    public init(from decoder: any Decoder) throws {}
    public func encode(to encoder: any Encoder) throws {}
}

private protocol RecordedArray {
    static var element: any Decodable.Type { get }
    static var empty: Any { get }
}
extension Array: RecordedArray where Element: Decodable {
    static var element: any Decodable.Type { Element.self }
    static var empty: Any { [Element]() }
}
private protocol RecordedMap {
    static var element: any Decodable.Type { get }
    static var empty: Any { get }
}
extension Dictionary: RecordedMap where Key == String, Value: Decodable {
    static var element: any Decodable.Type { Value.self }
    static var empty: Any { [String: Value]() }
}
private protocol RecordedOptional {
    static var wrapped: any Decodable.Type { get }
    static var absent: Any { get }
}
extension Optional: RecordedOptional where Wrapped: Decodable {
    static var wrapped: any Decodable.Type { Wrapped.self }
    static var absent: Any { Self.none as Any }
}

/// Answers every question of a `Decodable` with an example, and writes the question down.
private final class Recorder: Decoder, Sendable {
    let parents: [ObjectIdentifier]
    let fields = Mutex<[FieldSchema]>([])

    init(parents: [ObjectIdentifier]) { self.parents = parents }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RecorderFields<Key>(recorder: self))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Unrecordable() }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Unrecordable() }

    func note(_ name: String, _ type: any Decodable.Type, required: Bool) -> Any? {
        let (schema, value) = Schema.record(type, under: parents)
        let isNullable = if case .nullable = schema { true } else { false }
        let field = FieldSchema(
            name: name, schema: required || isNullable ? schema : .nullable(schema),
            isRequired: required && !isNullable, about: nil)
        fields.withLock { $0.append(field) }
        return value
    }
}

private struct Unrecordable: Error {}

private struct RecorderFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: Recorder

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }
    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let value = recorder.note(key.stringValue, type, required: true)
        guard let value = value as? T else {
            preconditionFailure("\(type) needs SelfDescribed: its schema cannot be read")
        }
        return value
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        _ = recorder.note(key.stringValue, type, required: false)
        return nil
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        _ = recorder.note(key.stringValue, type, required: false)
        return nil
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        _ = recorder.note(key.stringValue, type, required: false)
        return nil
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        _ = recorder.note(key.stringValue, type, required: false)
        return nil
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        _ = recorder.note(key.stringValue, type, required: false)
        return nil
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        _ = recorder.note(key.stringValue, type, required: false)
        return nil
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw Unrecordable() }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw Unrecordable()
    }
    func superDecoder() throws -> any Decoder { throw Unrecordable() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw Unrecordable() }
}
