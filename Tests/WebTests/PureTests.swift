import Foundation
import JSONText
import Kernel
import Testing
import Vocabulary

@testable import Web

@Suite struct `Texts for people` {
    @Test func `are escaped even where a mark follows`() {
        let text = "\"\u{301} onclick=x <\u{20D2}b> & '"

        let escaped = EscapedHTML.escape(text)

        #expect(!escaped.utf8.contains(UInt8(ascii: "\"")))
        #expect(!escaped.utf8.contains(UInt8(ascii: "<")))
        #expect(escaped.utf8.starts(with: "&quot;".utf8))
    }

    @Test func `show money as it is written`() {
        #expect(Format.money(Money(123_456_789, .eur)) == "€\u{a0}1,234,567.89")
        #expect(Format.money(Money(-50, .usd)) == "−$\u{a0}0.50")
        #expect(Format.money(Money(1500, .jpy)) == "¥\u{a0}1,500")
        #expect(Format.money(Money(1, .kwd)) == "0.001\u{a0}KWD")
    }

    @Test func `forms that post get a token and a key, others do not`() {
        let page = "<form action=\"/s\"><input></form><form method=\"post\" action=\"/a\"></form>"

        let (filled, count) = HTMLForms.fill(page) { "tok" }

        #expect(count == 1)
        #expect(filled.hasPrefix("<form action=\"/s\"><input></form>"))
        #expect(filled.contains("name=\"formToken\" value=\"tok\""))
        #expect(filled.contains("name=\"idempotencyKey\""))
    }
}

@Suite struct `JSON that is sent` {
    struct Inner: Codable, Equatable {
        let name: String
        let price: Money
        let none: Int?
    }
    struct Outer: Codable, Equatable {
        enum Kind: String, Codable { case good }
        let text: String
        let list: [Inner]
        let empty: [String]
        let map: [String: Int]
        let half: Double
        let whole: Double
        let yes: Bool
        let least: Int64
        let at: Instant
        let id: ID<Inner>
        let kind: Kind?
        let nested: [[Int]]
    }

    @Test func `is read back as what it was, in the order of the type`() throws {
        let value = Outer(
            text: "“quotes” \"\\ \u{1}\n/ ä 🙂",
            list: [
                Inner(name: "a", price: Money(1, .eur), none: nil),
                Inner(name: "", price: Money(-2, .jpy), none: 3),
            ], empty: [], map: ["x": 1], half: 4.5, whole: 5, yes: true, least: .min,
            at: .systemNow, id: ID(), kind: .good, nested: [[1, 2], [], [3]])

        let bytes = try JSONBytesEncoder.bytes(of: value)

        #expect(try JSONDecoder().decode(Outer.self, from: Data(bytes)) == value)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix(#"{"text":"“quotes” \"\\ \u0001\u000a/ ä 🙂","list":[{"name":"a","#))
        #expect(text.contains(#""half":4.5,"whole":5,"yes":true"#))
        #expect(try JSONBytesEncoder.bytes(of: Nothing()) == Array("{}".utf8))
        #expect(throws: EncodingError.self) { try JSONBytesEncoder.bytes(of: [Double.nan]) }
    }

    private struct Plain: Encodable {
        var small = Int8.min
        var large: UInt64? = .max
        var share: Float = 1.5
        var answers = [true, false]
        var gaps: [Int?] = [1, nil]
        var words: [String?] = [nil, "x"]
        var counts: [String: Int32] = ["k": 3]
        var none: Int16?
    }

    @Test func `writes numbers of any width, and what is missing in a list`() throws {
        let text = String(decoding: try JSONBytesEncoder.bytes(of: Plain()), as: UTF8.self)

        #expect(
            text
                == #"{"small":-128,"large":18446744073709551615,"share":1.5,"#
                + #""answers":[true,false],"gaps":[1,null],"words":[null,"x"],"counts":{"k":3}}"#)
    }
}

@Suite struct `Dates of answers` {
    @Test func `are written as HTTP wants them`() {
        #expect(
            Instant("1994-11-06T08:49:37Z").map(HTTPDates.text) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(
            Instant("2026-02-28T23:59:59Z").map(HTTPDates.text) == "Sat, 28 Feb 2026 23:59:59 GMT")
    }
}

@Suite struct `Models of pages` {
    struct Card: Fragment {
        static let template = "card"
        let title: String
        let note: String?
    }
    struct Page {
        struct Row { let label: String }
        let title: String
        let cards: [Card]
        let rows: [Row]
        let words: [String]
        let note: String?
        let isOpen: Bool
        let count: Int
    }

    private func templates(_ texts: [String: String]) throws -> Templates {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("guildhall-templates-\(ID<Page>())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in texts {
            try text.write(
                to: folder.appendingPathComponent(name + ".mustache"), atomically: true,
                encoding: .utf8)
        }
        return try Templates(folders: [folder])
    }

    @Test func `are shown as the template engine would show them by itself`() throws {
        let templates = try templates([
            "card": "<b>{{title}}</b>{{#note}}({{note}}){{/note}}",
            "page": """
            {{title}}|{{#cards}}{{{html}}}{{title}};{{/cards}}|{{#rows}}{{label}},{{/rows}}|\
            {{#words}}{{.}} {{/words}}|{{#note}}N{{/note}}{{^note}}no{{/note}}|\
            {{#isOpen}}open{{/isOpen}}|{{count}}|{{^rows}}none{{/rows}}
            """,
        ])
        let page = Page(
            title: "<T>", cards: [Card(title: "A&B", note: nil), Card(title: "C", note: "new")],
            rows: [.init(label: "r")], words: ["x", "y"], note: nil, isOpen: true, count: 3)

        for _ in 0..<2 {
            #expect(
                try templates.render(page, "page")
                    == "&lt;T&gt;|<b>A&amp;B</b>A&amp;B;<b>C</b>(new)C;|r,|x y |no|open|3|")
        }
    }
}

@Suite struct `Cursors` {
    @Test func `open what they sealed and nothing else`() throws {
        let sealed = Cursor.seal("2026|abc")

        #expect(try Cursor.open(sealed) == "2026|abc")
        for text in ["", "abc", sealed + "x", String(sealed.dropLast()), "Ä"] {
            #expect(throws: WebRefusal.self) { try Cursor.open(text) }
        }
    }
}

@Suite struct `Schemas` {
    @Test func `are read from the type, with its rules`() throws {
        let fields = Schema.of(TestSite.Thing.self).fields

        #expect(fields.map(\.name) == ["title", "price", "colour", "parts", "tags"])
        #expect(fields.map(\.isRequired) == [true, true, false, true, false])
        var objects = SchemaCollector()
        objects.side = .input
        let json = Schema.of(TestSite.Thing.self).json(collecting: &objects)
        #expect(json == ["$ref": "#/components/schemas/Thing"])
        let title = objects.objects["Thing"]?["properties"]?["title"]
        #expect(title?["maxLength"] == 20)
        #expect(objects.objects["Part"]?["properties"]?["count"]?["maximum"] == 5)
        #expect(objects.objects["Part"]?["additionalProperties"] == false)
    }
}

@Suite struct `Multipart forms` {
    @Test func `give fields and files`() throws {
        let body = """
            --XX\r\nContent-Disposition: form-data; name="title"\r\n\r\nA cup\r\n\
            --XX\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\
            Content-Type: text/csv\r\n\r\na,b\r\n1,2\r\n--XX--\r\n
            """

        let (items, files) = try Multipart.parse(
            Array(body.utf8), contentType: "multipart/form-data; boundary=XX")

        #expect(items.map(\.name) == ["title"])
        #expect(items.map(\.value) == ["A cup"])
        #expect(files.map(\.fileName) == ["a.csv"])
        #expect(files.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a,b\r\n1,2"])
    }

    @Test(arguments: [
        "", "--XX", "--XX\r\n\r\n", "--XX\r\nContent-Disposition: x\r\n\r\na\r\n--XX--",
        // The line break before the boundary is the one that ends the blank line.
        "--XX\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n--XX--",
    ])
    func `that break off are refused`(body: String) {
        #expect(throws: InvalidInput.self) {
            try Multipart.parse(
                Array(body.utf8), contentType: "multipart/form-data; boundary=XX")
        }
    }
}

@Suite struct `Routes` {
    @Test func `prefer words over parameters`() {
        var table = RouteTable()
        for pattern in ["/a/{x}", "/a/b", "/a/{x}/c", "/"] {
            table.add(
                Route(
                    method: .get, pattern: pattern, limit: .read, guardsOrigin: false,
                    isOpenOnBehalf: true
                ) { _ in throw WebRefusal.notFound })
        }
        func found(_ path: String) -> String {
            switch table.match(.get, path) {
            case .found(let route, let values): "\(route.pattern) \(values["x"] ?? "")"
            case .otherMethods: "method"
            case .nothing: "nothing"
            }
        }

        #expect(found("/a/b") == "/a/b ")
        #expect(found("/a/b/c") == "/a/{x}/c b")
        #expect(found("/a/%C3%A4") == "/a/{x} ä")
        #expect(found("/a/%00") == "nothing")
        #expect(found("/a/%zz") == "nothing")
        #expect(found("/") == "/ ")
        #expect(found("/a") == "nothing")
    }
}
