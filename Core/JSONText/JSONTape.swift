/// The values of a JSON document one after the other, each with where its text stands: what
/// ``JSONBytesDecoder`` reads from. Made in one pass over the bytes, in which whatever is no JSON
/// (RFC 8259) is refused, also where nobody would look at it later.
struct JSONTape: Sendable {
    enum Kind: UInt8 {
        case null, yes, no, number
        /// As it stands in the document.
        case text
        /// With escapes in it.
        case escapedText
        case list
        /// Its members, each a text and then a value.
        case object
    }

    struct Entry {
        var kind: Kind
        /// Its first byte; of a text the one after the quotes.
        var start: UInt32
        /// Its bytes; of a list its items, of an object its members.
        var length: UInt32
        /// The entry after it and all that it holds.
        var next: UInt32
    }

    /// As many as Foundation takes: every level costs a decoder room on its stack.
    static let depthMax = 512
    /// So that a place fits 32 bits; no frame and no column comes near it.
    static let bytesMax = 1 << 30

    private(set) var entries: [Entry] = []
    /// Whether a member's name is written so that names with other bytes may be equal to it.
    private(set) var hasOddNames = false
    private var position = 0
    private var allBytes: UInt8 = 0

    /// - Throws: ``JSONFault``.
    init(_ bytes: [UInt8]) throws {
        guard bytes.count <= Self.bytesMax else { throw JSONFault(at: Self.bytesMax) }
        entries.reserveCapacity(bytes.count / 12 + 4)
        let text = bytes.span
        try scan(text)
        // One look at the whole: only texts hold such bytes, and most documents have none.
        if allBytes >= 0x80, (try? UTF8Span(validating: text)) == nil { throw JSONFault(at: 0) }
    }

    private mutating func scan(_ text: Span<UInt8>) throws {
        /// Lists and objects that are not closed yet.
        var open: [Int] = []
        while true {
            skipSpace(text)
            if let container = open.last { entries[container].length += 1 }
            let start = position
            switch try byte(text) {
            case UInt8(ascii: "{"):
                guard open.count < Self.depthMax else { throw fault }
                position += 1
                skipSpace(text)
                if try byte(text) == UInt8(ascii: "}") {
                    position += 1
                    add(.object, start, 0)
                    break
                }
                open.append(entries.count)
                add(.object, start, 0)
                try name(text)
                continue
            case UInt8(ascii: "["):
                guard open.count < Self.depthMax else { throw fault }
                position += 1
                skipSpace(text)
                if try byte(text) == UInt8(ascii: "]") {
                    position += 1
                    add(.list, start, 0)
                    break
                }
                open.append(entries.count)
                add(.list, start, 0)
                continue
            case UInt8(ascii: "\""): _ = try string(text)
            case UInt8(ascii: "t"): try word("true", .yes, text)
            case UInt8(ascii: "f"): try word("false", .no, text)
            case UInt8(ascii: "n"): try word("null", .null, text)
            default: try number(text)
            }
            guard try goOn(text, &open) else { return }
        }
    }

    /// What stands after a value: a comma, or the ends of what it stands in.
    /// - Returns: false at the end of the document.
    private mutating func goOn(_ text: Span<UInt8>, _ open: inout [Int]) throws -> Bool {
        while true {
            skipSpace(text)
            guard let container = open.last else {
                guard position == text.count else { throw fault }
                return false
            }
            let isObject = entries[container].kind == .object
            switch try byte(text) {
            case UInt8(ascii: ","):
                position += 1
                if isObject {
                    skipSpace(text)
                    try name(text)
                }
                return true
            case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
                position += 1
                entries[container].next = UInt32(entries.count)
                open.removeLast()
            default: throw fault
            }
        }
    }

    /// The name of a member, and its colon.
    private mutating func name(_ text: Span<UInt8>) throws {
        guard try byte(text) == UInt8(ascii: "\"") else { throw fault }
        if try !string(text) { hasOddNames = true }
        skipSpace(text)
        guard try byte(text) == UInt8(ascii: ":") else { throw fault }
        position += 1
    }

    /// - Returns: whether it is plain ASCII without an escape.
    private mutating func string(_ text: Span<UInt8>) throws -> Bool {
        position += 1
        let start = position
        var kind = Kind.text
        var all: UInt8 = 0
        while position < text.count {
            let byte = text[position]
            switch byte {
            case UInt8(ascii: "\""):
                add(kind, start, position - start)
                position += 1
                allBytes |= all
                return all < 0x80 && kind == .text
            case UInt8(ascii: "\\"):
                kind = .escapedText
                try escape(text)
            case 0..<0x20: throw fault
            default:
                all |= byte
                position += 1
            }
        }
        throw fault
    }

    /// Passes over one, or over both halves of a pair of surrogates.
    private mutating func escape(_ text: Span<UInt8>) throws {
        position += 1
        switch try byte(text) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let first = try hexadecimal(text)
            if UTF16.isTrailSurrogate(first) { throw fault }
            guard UTF16.isLeadSurrogate(first) else { return }
            for expected in "\\u".utf8 {
                guard try byte(text) == expected else { throw fault }
                position += 1
            }
            guard UTF16.isTrailSurrogate(try hexadecimal(text)) else { throw fault }
        default: throw fault
        }
    }

    private mutating func hexadecimal(_ text: Span<UInt8>) throws -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = hexadecimalDigit(try byte(text)) else { throw fault }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private mutating func word(_ word: StaticString, _ kind: Kind, _ text: Span<UInt8>) throws {
        let start = position
        for offset in 0..<word.utf8CodeUnitCount {
            guard try byte(text) == word.utf8Start[offset] else { throw fault }
            position += 1
        }
        add(kind, start, position - start)
    }

    private mutating func number(_ text: Span<UInt8>) throws {
        let start = position
        if try byte(text) == UInt8(ascii: "-") { position += 1 }
        // No zeros in front of other digits.
        if try byte(text) == UInt8(ascii: "0") { position += 1 } else { try digits(text) }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            try digits(text)
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let sign = try byte(text)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try digits(text)
        }
        add(.number, start, position - start)
    }

    /// One or more.
    private mutating func digits(_ text: Span<UInt8>) throws {
        let start = position
        while position < text.count, text[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        if position == start { throw fault }
    }

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                position += 1
            default: return
            }
        }
    }

    private func byte(_ text: Span<UInt8>) throws -> UInt8 {
        guard position < text.count else { throw fault }
        return text[position]
    }

    private mutating func add(_ kind: Kind, _ start: Int, _ length: Int) {
        entries.append(
            Entry(
                kind: kind, start: UInt32(start), length: UInt32(length),
                next: UInt32(entries.count + 1)))
    }

    private var fault: JSONFault { JSONFault(at: position) }
}

/// Where a document is none.
struct JSONFault: Error, CustomStringConvertible {
    let position: Int

    init(at position: Int) { self.position = position }

    var description: String { "no JSON from byte \(position) on" }
}

func hexadecimalDigit(_ byte: UInt8) -> UInt16? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
