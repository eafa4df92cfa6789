import Foundation

/// A JSON value of an answer, read step by step: `answer["items"][0]["id"].text`.
///
/// Reading what is not there gives ``absent``, so that a step says what it expected and not where
/// a subscript failed.
indirect enum Fact: Sendable, Equatable {
    case absent, null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case list([Fact])
    case members([String: Fact])

    subscript(name: String) -> Fact {
        if case .members(let members) = self { members[name] ?? .absent } else { .absent }
    }

    subscript(index: Int) -> Fact {
        if case .list(let items) = self, items.indices.contains(index) {
            items[index]
        } else {
            .absent
        }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var items: [Fact] { if case .list(let items) = self { items } else { [] } }
    var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
}

extension Fact: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([Fact].self) {
            self = .list(value)
        } else {
            self = .members(try container.decode([String: Fact].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .absent, .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .list(let items): try container.encode(items)
        case .members(let members): try container.encode(members)
        }
    }
}

extension Fact: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByStringInterpolation
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: Fact...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, Fact)...) {
        self = .members(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
