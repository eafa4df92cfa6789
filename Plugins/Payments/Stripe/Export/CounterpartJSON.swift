import Foundation

/// JSON as Stripe's counterpart writes it.
indirect enum CounterpartJSON: Sendable, Encodable {
    case text(String)
    case number(Int64)
    case flag(Bool)
    case list([CounterpartJSON])
    case object([String: CounterpartJSON])
    case null

    var bytes: [UInt8] {
        // Nothing in it that could not be written.
        Array((try? JSONEncoder().encode(self)) ?? Data())
    }

    /// Of an object that has one.
    var id: String? {
        guard case .object(let fields) = self, case .text(let id) = fields["id"] else { return nil }
        return id
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .list(let list): try container.encode(list)
        case .object(let fields): try container.encode(fields)
        case .null: try container.encodeNil()
        }
    }
}

extension CounterpartJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: CounterpartJSON...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, CounterpartJSON)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }

    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
}

/// A form as Stripe reads it: `metadata[order]=42`, by its whole key.
struct CounterpartForm: Sendable {
    private let fields: [(key: String, value: String)]

    init(_ text: String) {
        fields = text.split(separator: "&").compactMap { field in
            let parts = field.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return (Self.plain(parts[0]), Self.plain(parts[1]))
        }
    }

    subscript(_ key: String) -> String? { fields.first { $0.key == key }?.value }

    func number(_ key: String) -> Int64? { self[key].flatMap { Int64($0) } }

    /// What stands under `prefix[…]`.
    func marks(_ prefix: String) -> CounterpartJSON {
        let start = prefix + "["
        let found = fields.filter { $0.key.hasPrefix(start) && $0.key.hasSuffix("]") }
        return .object(
            Dictionary(
                found.map { (String($0.key.dropFirst(start.count).dropLast()), .text($0.value)) }
            ) { _, last in last })
    }

    private static func plain(_ text: Substring) -> String {
        let spaced = text.split(separator: "+", omittingEmptySubsequences: false)
            .joined(separator: " ")
        return spaced.removingPercentEncoding ?? spaced
    }
}
