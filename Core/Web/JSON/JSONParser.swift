/// Reads strict RFC 8259 JSON: valid UTF-8, no duplicate members, bounded depth.
public struct JSONParser {
    /// Deeper than any body that we accept, and far from what a stack could not bear.
    static let depthMax = 32

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    /// - Throws: ``InvalidInput`` with `.malformed` or `.tooDeep`.
    public static func parse(_ bytes: [UInt8]) throws(InvalidInput) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw InvalidInput.malformed("the body is not valid UTF-8")
        }
        var parser = JSONParser(bytes: bytes)
        parser.skipSpace()
        let value = try parser.value()
        parser.skipSpace()
        guard parser.index == bytes.count else { throw parser.unexpected() }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func unexpected() -> InvalidInput {
        guard index < bytes.count else { return .malformed("the JSON ends too early") }
        return .malformed("the JSON has something unexpected at byte \(index)")
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) throws(InvalidInput) {
        guard current == UInt8(ascii: character) else { throw unexpected() }
        index += 1
    }

    private mutating func value() throws(InvalidInput) -> JSONValue {
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(48...57): return try number()
        default: throw unexpected()
        }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(InvalidInput) -> JSONValue {
        for byte in word.description.utf8 {
            guard current == byte else { throw unexpected() }
            index += 1
        }
        return value
    }

    private mutating func enter() throws(InvalidInput) {
        depth += 1
        guard depth <= Self.depthMax else { throw InvalidInput.tooDeep }
        index += 1
        skipSpace()
    }

    private mutating func object() throws(InvalidInput) -> JSONValue {
        try enter()
        var members: [String: JSONValue] = [:]
        if current != UInt8(ascii: "}") {
            while true {
                let key = try string()
                skipSpace()
                try take(":")
                skipSpace()
                let member = try value()
                guard members.updateValue(member, forKey: key) == nil else {
                    throw InvalidInput.malformed("a field is there twice: \(key.prefix(40))")
                }
                skipSpace()
                guard current == UInt8(ascii: ",") else { break }
                index += 1
                skipSpace()
            }
        }
        try take("}")
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(InvalidInput) -> JSONValue {
        try enter()
        var items: [JSONValue] = []
        if current != UInt8(ascii: "]") {
            while true {
                items.append(try value())
                skipSpace()
                guard current == UInt8(ascii: ",") else { break }
                index += 1
                skipSpace()
            }
        }
        try take("]")
        depth -= 1
        return .array(items)
    }

    private mutating func number() throws(InvalidInput) -> JSONValue {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        let whole = index
        skipDigits()
        guard index > whole, index == whole + 1 || bytes[whole] != UInt8(ascii: "0") else {
            throw unexpected()
        }
        var isWhole = true
        if current == UInt8(ascii: ".") {
            isWhole = false
            index += 1
            let fraction = index
            skipDigits()
            guard index > fraction else { throw unexpected() }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isWhole = false
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            let exponent = index
            skipDigits()
            guard index > exponent else { throw unexpected() }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text) else { throw unexpected() }
        // 1.0 is a whole number to JSON Schema, so it is one here.
        if let integer = Int64(exactly: number), number.magnitude < 0x1p53 {
            return .integer(integer)
        }
        return .number(number)
    }

    private mutating func skipDigits() {
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            index += 1
        }
    }

    private mutating func string() throws(InvalidInput) -> String {
        try take("\"")
        var text: [UInt8] = []
        while let byte = current {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw InvalidInput.malformed("a control character in a string")
            default: text.append(byte)
            }
        }
        throw unexpected()
    }

    private mutating func escape(into text: inout [UInt8]) throws(InvalidInput) {
        guard let byte = current else { throw unexpected() }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try unicodeScalar()
            text += Array(String(Character(scalar)).utf8)
        default: throw unexpected()
        }
    }

    private mutating func unicodeScalar() throws(InvalidInput) -> Unicode.Scalar {
        let first = try hexUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), current == UInt8(ascii: "\\") else {
            throw InvalidInput.malformed("half of a surrogate pair in a string")
        }
        index += 1
        try take("u")
        let second = try hexUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw InvalidInput.malformed("half of a surrogate pair in a string") }
        return scalar
    }

    private mutating func hexUnit() throws(InvalidInput) -> UInt32 {
        guard index + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16),
            bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-")
        else { throw unexpected() }
        index += 4
        return unit
    }
}
