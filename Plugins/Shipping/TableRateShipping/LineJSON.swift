/// A JSON value that knows on which line it stands, so that a mistake in a table of two hundred
/// lines can be named.
struct LineJSON {
    indirect enum Value {
        case object([(key: String, value: LineJSON)])
        case array([LineJSON])
        case string(String)
        /// As written.
        case number(String)
        case bool(Bool)
        case null
    }

    let value: Value
    let line: Int
}

/// What is wrong with a table, and where.
struct TableProblem: Error, Equatable {
    let line: Int
    let message: String

    var sentence: String { "Line \(line): \(message)" }
}

/// Reads JSON (RFC 8259) strictly, keeping line numbers.
struct LineJSONParser {
    /// Tables are three or four levels deep.
    private static let depthMax = 16

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    private init(_ text: String) { bytes = Array(text.utf8) }

    static func parse(_ text: String) throws(TableProblem) -> LineJSON {
        var parser = LineJSONParser(text)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.index == parser.bytes.count else {
            throw parser.problem("something stands after the end of the table")
        }
        return value
    }

    private func problem(_ message: String) -> TableProblem {
        TableProblem(line: line, message: message)
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 {
            if byte == 10 { line += 1 }
            index += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(TableProblem) -> LineJSON {
        guard depth < Self.depthMax else { throw problem("nested too deeply") }
        skipSpace()
        let start = line
        switch next {
        case UInt8(ascii: "{"): return LineJSON(value: try object(depth), line: start)
        case UInt8(ascii: "["): return LineJSON(value: try array(depth), line: start)
        case UInt8(ascii: "\""): return LineJSON(value: .string(try string()), line: start)
        case .some(let byte) where byte == 45 || (48...57).contains(byte):
            let text = bytes[index...].prefix { ($0 >= 48 && $0 <= 57) || $0 == 45 || $0 == 46 }
            index += text.count
            return LineJSON(value: .number(String(decoding: text, as: UTF8.self)), line: start)
        default: return LineJSON(value: try word(), line: start)
        }
    }

    private mutating func word() throws(TableProblem) -> LineJSON.Value {
        let text = bytes[index...].prefix { $0 >= 97 && $0 <= 122 }
        index += text.count
        switch String(decoding: text, as: UTF8.self) {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default: throw problem("a value is missing here")
        }
    }

    private mutating func object(_ depth: Int) throws(TableProblem) -> LineJSON.Value {
        var members: [(key: String, value: LineJSON)] = []
        index += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw problem("a name in quotes is missing") }
            let key = try string()
            guard !members.contains(where: { $0.key == key }) else {
                throw problem("\"\(key)\" comes twice")
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw problem("a colon is missing") }
            members.append((key, try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw problem("a comma or } is missing") }
        }
    }

    private mutating func array(_ depth: Int) throws(TableProblem) -> LineJSON.Value {
        var items: [LineJSON] = []
        index += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(items) }
            guard take(UInt8(ascii: ",")) else { throw problem("a comma or ] is missing") }
        }
    }

    private mutating func string() throws(TableProblem) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case 0..<32: throw problem("a text does not end on its line")
            case UInt8(ascii: "\\"):
                guard let escaped = next else { throw problem("a text does not end") }
                index += 1
                switch escaped {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
                    text.append(escaped)
                case UInt8(ascii: "n"): text.append(10)
                case UInt8(ascii: "t"): text.append(9)
                default: throw problem("write the letter itself instead of an escape")
                }
            default: text.append(byte)
            }
        }
        throw problem("a text does not end")
    }
}
