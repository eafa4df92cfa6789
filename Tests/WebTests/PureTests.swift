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
                Route(method: .get, pattern: pattern, limit: .read, guardsOrigin: false) { _ in
                    throw WebRefusal.notFound
                })
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
