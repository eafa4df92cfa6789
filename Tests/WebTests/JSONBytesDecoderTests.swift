import Foundation
import JSONText
import Testing
import Vocabulary

/// Whatever JSON can say.
private indirect enum Anything: Decodable, Equatable {
    case null
    case bool(Bool)
    case whole(Int64)
    case natural(UInt64)
    case number(Double)
    case text(String)
    case list([Anything])
    case object([String: Anything])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let whole = try? value.decode(Int64.self) {
            self = .whole(whole)
        } else if let natural = try? value.decode(UInt64.self) {
            self = .natural(natural)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([Anything].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: Anything].self))
        }
    }
}

/// Documents made up from a seed.
private struct Documents {
    var random: SplitMix64

    private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &random)! }

    private mutating func space() -> String { pick(["", "", "", " ", "\n\t", "\r\n  "]) }

    private mutating func text() -> String {
        let pieces = [
            "a", "key", "ä", "\u{E9}", "e\u{301}", "💥", "\\n", "\\t", "\\b", "\\f", "\\r", "\\\"",
            "\\\\", "\\/",
            "/", "\\u0041", "\\u00e9", "\\uD83D\\uDE00", "\\u2028", "\u{7F}", " ", "{", "]", ",",
        ]
        let count = Int.random(in: 0...4, using: &random)
        return "\"" + (0..<count).map { _ in pick(pieces) }.joined() + "\""
    }

    private mutating func number() -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return String(Int64.random(in: .min ... .max, using: &random))
        case 1: return String(UInt64.random(in: .min ... .max, using: &random))
        case 2: return pick(["0", "-0", "0.0", "-0.0", "0e5", "0E-5", "-0.5e+1"])
        case 3:
            return pick([
                "1.0", "12e2", "1200e-2", "1.5e1", "1.25", "1e400", "1e18", "1e19",
            ])
        case 4:
            return pick(["9223372036854775807", "-9223372036854775808", "9223372036854775808"])
        default:
            let (whole, part) = (random.next() % 1000, random.next() % 1000)
            return "\(pick(["", "-"]))\(whole).\(part)\(pick(["", "e3", "E-2", "e+10"]))"
        }
    }

    mutating func value(_ depth: Int = 0) -> String {
        let kind = Int.random(in: 0..<(depth < 5 ? 10 : 6), using: &random)
        switch kind {
        case 0: return "null"
        case 1: return pick(["true", "false"])
        case 2, 3: return number()
        case 4, 5: return text()
        case 6, 7:
            let count = Int.random(in: 0...(depth == 0 ? 6 : 3), using: &random)
            let items = (0..<count).map { _ in space() + value(depth + 1) + space() }
            return "[" + (items.isEmpty ? space() : items.joined(separator: ",")) + "]"
        default:
            // More than where a table of the members is made; names come twice, too.
            let most = Int.random(in: 0...20, using: &random) == 0 ? 60 : 5
            let count = Int.random(in: 0...most, using: &random)
            let members = (0..<count).map { _ in
                space() + text() + space() + ":" + space() + value(depth + 1) + space()
            }
            return "{" + (members.isEmpty ? space() : members.joined(separator: ",")) + "}"
        }
    }
}

/// Foundation's decoder is the judge.
@Suite struct `JSON that is read` {
    private func ours(_ text: String) throws -> Anything {
        try JSONBytesDecoder.decode(Anything.self, from: Array(text.utf8))
    }
    private func theirs(_ text: String) throws -> Anything {
        try JSONDecoder().decode(Anything.self, from: Data(text.utf8))
    }

    @Test(arguments: 1...40) func `means what it means to Foundation`(_ seed: UInt64) throws {
        var documents = Documents(random: SplitMix64(seed: seed))
        for _ in 0..<60 {
            let text = documents.value()
            let judged = Result { try theirs(text) }
            let read = Result { try ours(text) }
            #expect((try? read.get()) == (try? judged.get()), "\(text)")
        }
    }

    @Test(arguments: 1...40) func `with damage means the same or nothing`(_ seed: UInt64) throws {
        var documents = Documents(random: SplitMix64(seed: seed &+ 1000))
        var isRead = 0
        for _ in 0..<60 {
            var bytes = Array(documents.value().utf8)
            let index = Int.random(in: 0..<bytes.count, using: &documents.random)
            // No points: into a long number Foundation's would take one and lose digits.
            bytes[index] = Array("{}[],:\"\\0129-eEtfnu \u{1}".utf8)
                .randomElement(using: &documents.random)!
            guard let read = try? JSONBytesDecoder.decode(Anything.self, from: bytes) else {
                continue
            }
            isRead += 1
            let judged = try? JSONDecoder().decode(Anything.self, from: Data(bytes))
            #expect(read == judged, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(isRead > 0)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "truе", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x1", "NaN",
        "Infinity", "'a'", "\"a", "\"\\x\"", "\"\\u12G4\"", "\"\\uD800\"", "\"\\uDC00\"",
        "\"\\uD800\\u0041\"", "\"\u{1}\"", "\"\n\"", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{a:1}",
        "{\"a\" 1}", "{\"a\":}", "{1:2}", "[1}", "{\"a\":1]", "[", "{", "]", "1 2", "{} {}",
        "// a\n1", "\u{FEFF}1", "[\"\\uD83D\",1]",
    ])
    func `that is none is refused, be it where nobody looks`(_ text: String) throws {
        struct Blind: Decodable { init(from decoder: any Decoder) {} }
        for document in [text, "{\"unread\":\(text)}"] {
            #expect(throws: DecodingError.self, "\(document)") {
                try JSONBytesDecoder.decode(Blind.self, from: Array(document.utf8))
            }
        }
    }

    @Test(
        arguments: [[0xC3], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF8, 0x88]] as [[UInt8]])
    func `that is no UTF-8 is refused`(_ bytes: [UInt8]) {
        #expect(throws: DecodingError.self) {
            try JSONBytesDecoder.decode(String.self, from: [0x22] + bytes + [0x22])
        }
    }

    @Test func `goes as deep as Foundation's, and no deeper`() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for (depth, isTaken) in [(512, true), (513, false), (200_000, false)] {
                struct Blind: Decodable { init(from decoder: any Decoder) {} }
                let text =
                    String(repeating: open, count: depth) + "1"
                    + String(repeating: close, count: depth)
                let bytes = Array(text.utf8)
                let read = try? JSONBytesDecoder.decode(Blind.self, from: bytes)
                let judged = try? JSONDecoder().decode(Blind.self, from: Data(bytes))
                #expect((read != nil) == isTaken)
                #expect((judged != nil) == isTaken)
            }
        }
    }

    @Test(arguments: [
        ("9007199254740993", 9_007_199_254_740_993), ("9223372036854775807", Int64.max),
        ("-9223372036854775808", .min), ("92233720368547758.07e2", .max), ("1e3", 1000),
        ("0.0e99999999999999999999", 0),
    ])
    func `has whole numbers to the last digit`(_ text: String, _ number: Int64) throws {
        #expect(try JSONBytesDecoder.decode(Int64.self, from: Array(text.utf8)) == number)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "1.5", "1.0000000000000000000001", "1e19",
        "1e99999999999999999999", "1e-1", "\"1\"", "true", "null",
    ])
    func `has no whole number where there is none`(_ text: String) {
        #expect(throws: DecodingError.self) {
            try JSONBytesDecoder.decode(Int64.self, from: Array(text.utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSONBytesDecoder.decode(
                Int64.self, from: Array(String(repeating: "9", count: 100_000).utf8))
        }
    }

    private struct Widths: Codable, Equatable {
        var a = Int8.min
        var b = Int16.max
        var c = Int32.min
        var d = UInt8.max
        var e = UInt16.max
        var f = UInt32.max
        var g = UInt64.max
        var h = UInt.max
        var i = 0.1
        var j: Float = 1.5
        var k: [Int?] = [1, nil, 3]
        var l: [[String: Bool]] = [["x": true], [:]]
        var m: Money? = Money(.min, .jpy)
        var n: Int? = nil
    }

    @Test func `fills every width`() throws {
        let bytes = try JSONBytesEncoder.bytes(of: Widths())

        #expect(try JSONBytesDecoder.decode(Widths.self, from: bytes) == Widths())
        for (narrow, wide) in [("-128", "-129"), ("65535", "65536"), ("4294967295", "4294967296")] {
            let text = String(decoding: bytes, as: UTF8.self)
                .replacingOccurrences(of: narrow, with: wide)
            #expect(throws: DecodingError.self) {
                try JSONBytesDecoder.decode(Widths.self, from: Array(text.utf8))
            }
        }
    }

    private struct Parent: Decodable {
        struct Child: Decodable { let price: Money }
        let children: [Child]
    }

    @Test(arguments: [
        (
            #"{"children":[{"price":{"amount":1,"currency":"EUR"}},{"price":{"amount":"1"}}]}"#,
            "children.1.price.amount"
        ),
        (#"{"children":[{"price":{"amount":1.5,"currency":"EUR"}}]}"#, "children.0.price.amount"),
        (#"{"children":[{"price":{"amount":1,"currency":"???"}}]}"#, "children.0.price.currency"),
        (#"{"other":[1,2],"children":[{"price":{"amount":1}}]}"#, "children.0.price"),
        (#"{"children":[{"price":null}]}"#, "children.0.price"), (#"{"children":{}}"#, "children"),
        (#"{}"#, ""),
    ])
    func `says where a value is that is not what it has to be`(
        _ text: String, _ path: String
    ) throws {
        let error = #expect(throws: DecodingError.self) {
            try JSONBytesDecoder.decode(Parent.self, from: Array(text.utf8))
        }
        let found: [any CodingKey] =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context),
                .keyNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            default: []
            }
        #expect(
            found.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
                == path)
    }

    private final class Tall: Codable {
        let least: Int
        let list: [Int]
        let above: String

        enum CodingKeys: String, CodingKey { case list, inner, least }

        init() { (least, list, above) = (7, [1, 2], "up") }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            var list = try members.nestedUnkeyedContainer(forKey: .list)
            var read: [Int] = []
            // One that is no number stays where it was.
            #expect(throws: DecodingError.self) { try list.decode(String.self) }
            while !list.isAtEnd { read.append(try list.decode(Int.self)) }
            #expect(throws: DecodingError.self) { try list.decode(Int.self) }
            self.list = read
            let inner = try members.nestedContainer(keyedBy: CodingKeys.self, forKey: .inner)
            least = try inner.decode(Int.self, forKey: .least)
            above = try members.superDecoder().singleValueContainer().decode(String.self)
        }

        func encode(to encoder: any Encoder) throws {}
    }

    @Test func `is walked through by hand, too`() throws {
        let text = #"{"list":[1,2],"inner":{"least":7},"super":"up"}"#

        let read = try JSONBytesDecoder.decode(Tall.self, from: Array(text.utf8))

        #expect(read.list == [1, 2])
        #expect(read.least == 7)
        #expect(read.above == "up")
    }

    @Test func `with very many members does not take their square`() throws {
        let members = (0..<100_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")

        let read = try JSONBytesDecoder.decode(
            [String: Int].self, from: Array("{\(members)}".utf8))

        #expect(read.count == 100_000)
        #expect(read["k99999"] == 99_999)
    }

    private class Walked: Encodable {
        enum Key: String, CodingKey { case a, b, c }
        struct Empty: Encodable { func encode(to encoder: any Encoder) {} }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            var list = object.nestedUnkeyedContainer(forKey: .a)
            try list.encode(1)
            var inner = list.nestedContainer(keyedBy: Key.self)
            try inner.encode("q\"\\\u{1}\u{1F}ä", forKey: .b)
            _ = list.nestedUnkeyedContainer()
            try list.encode(Empty())
            try list.encodeNil()
            #expect(list.count == 5)
            try object.encodeNil(forKey: .b)
            try [-128, 127].encode(to: object.superEncoder(forKey: .c))
            try "up".encode(to: object.superEncoder())
        }
    }

    @Test func `is written by hand, too, each container ended by the next word of its owner`()
        throws
    {
        let text = String(decoding: try JSONBytesEncoder.bytes(of: [Walked()]), as: UTF8.self)

        #expect(
            text
                == #"[{"a":[1,{"b":"q\"\\\u0001\u001fä"},[],{},null],"b":null,"c":[-128,127],"#
                + #""super":"up"}]"#)
        // Longer than any room that it begins with.
        let long = String(repeating: "ab\nä\u{0}", count: 5_000)
        let bytes = try JSONBytesEncoder.bytes(of: [long, long])
        #expect(try JSONDecoder().decode([String].self, from: Data(bytes)) == [long, long])
    }
}
