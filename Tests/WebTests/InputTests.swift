import TestSupport
import Testing
import Vocabulary

@testable import Web

@Suite struct `What a JSON operation takes in` {
    @Test func `a good body is answered in kind`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)

            let answer = try await browser.send("POST", "/api/v1/things", TestSite.good)

            #expect(answer.status == 201)
            #expect(answer.json?["title"] == "Cup")
            #expect(answer.header("content-type") == "application/json")
        }
    }

    private static let badFields: [(String, JSONValue?, String, String)] = [
        ("title", nil, "input.missing", "title"),
        ("title", 3, "input.wrong-type", "title"),
        ("title", .string(String(repeating: "a", count: 21)), "input.too-long", "title"),
        ("title", "", "input.too-short", "title"),
        ("title", "a\u{0}b", "input.characters", "title"),
        ("isAdmin", true, "input.unknown-field", "isAdmin"),
        ("price", ["amount": 1, "currency": "XXX"], "input.not-a-choice", "price.currency"),
        (
            "price", ["amount": .number(1e30), "currency": "EUR"], "input.out-of-range",
            "price.amount"
        ),
        (
            "price", ["amount": .number(1.5), "currency": "EUR"], "input.wrong-type",
            "price.amount"
        ),
        ("colour", "green", "input.not-a-choice", "colour"),
        ("parts", [["name": "a", "count": 6]], "input.out-of-range", "parts.0.count"),
        ("parts", [["name": "a", "x": 1]], "input.unknown-field", "parts.0.x"),
        ("parts", [1, 2, 3, 4], "input.too-many", "parts"),
        ("tags", [""], "input.too-short", "tags.0"),
    ]

    @Test func `a bad field is named`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)

            for (field, value, code, named) in Self.badFields {
                let answer = try await browser.send(
                    "POST", "/api/v1/things", TestSite.with(field, value))

                #expect(answer.status == 422)
                #expect(answer.header("content-type") == "application/problem+json")
                #expect(answer.json?["type"] == .string("/problems/\(code)"), "\(field)")
                #expect(answer.json?["field"] == .string(named), "\(field)")
                #expect(answer.json?["instance"]?.string == answer.header("x-request-id"))
            }
        }
    }

    private static let noJSON = [
        "{", "", "[1,]", "{\"a\":1,\"a\":2}", "{\"title\":\"\\ud800\"}", "nul", "01", "{\"a\":+1}",
        String(repeating: "[", count: 100_000 / 100), "\"\u{1}\"", "1e", "-", "\"\\x\"",
    ]

    @Test func `what is no JSON is 400`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)

            for text in Self.noJSON {
                let answer = try await browser.raw(
                    "POST", "/api/v1/things", headers: [("content-type", "application/json")],
                    body: Array(text.utf8))
                #expect(answer.status == 400, "\(text.prefix(40))")
            }
        }
    }

    @Test func `bytes that are no UTF-8 are 400`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)

            let answer = try await browser.raw(
                "POST", "/api/v1/things", headers: [("content-type", "application/json")],
                body: [0x22, 0xC3, 0x28, 0x22])
            let path = try await browser.raw("GET", "/api/v1/things/%C3%28")
            let query = try await browser.raw("GET", "/hello?a=%FF")

            #expect(answer.status == 400)
            #expect(path.status == 404)
            #expect(query.status == 400)
        }
    }

    @Test func `a body that is too large is refused by its length and while it comes`() async throws
    {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)
            let type = ("content-type", "application/json")

            let announced = try await browser.raw(
                "POST", "/api/v1/things", headers: [type, ("content-length", "104857600")])
            let streamed = try await browser.raw(
                "POST", "/api/v1/things", headers: [type, ("transfer-encoding", "chunked")],
                body: Array(repeating: 0x20, count: 2001))

            #expect(announced.status == 413)
            #expect(announced.header("connection") == "close")
            #expect(streamed.status == 413)
        }
    }

    @Test func `another type, method, path or wish is told so`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)
            let id = ID<TestSite.Thing>()

            let type = try await browser.raw(
                "POST", "/api/v1/things", headers: [("content-type", "text/plain")], body: [0x7B])
            let method = try await browser.send("DELETE", "/api/v1/things/\(id)")
            let path = try await browser.send("GET", "/api/v1/nothing")
            let notAnID = try await browser.send("GET", "/api/v1/things/17")
            let wish = try await browser.raw(
                "GET", "/api/v1/things/\(id)", headers: [("accept", "image/png")])
            let query = try await browser.send("GET", "/api/v1/things/\(id)?limit=11")
            let text = try await browser.send("GET", "/api/v1/things/\(id)?limit=eleven")
            let good = try await browser.send("GET", "/api/v1/things/\(id)?limit=10&more=1")

            #expect(type.status == 415)
            #expect(method.status == 405)
            #expect(method.header("allow") == "GET, HEAD")
            #expect(path.status == 404)
            #expect(notAnID.status == 404)
            #expect(wish.status == 406)
            #expect(query.status == 422)
            #expect(query.json?["field"] == "limit")
            #expect(text.status == 422)
            #expect(good.json?["text"] == "10")
        }
    }

    @Test func `HEAD answers like GET without a body`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)

            let answer = try await browser.raw("HEAD", "/hello")

            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            #expect(Int(answer.header("content-length") ?? "") ?? 0 > 100)
        }
    }
}

@Suite struct `What goes wrong on our side` {
    @Test func `a fault tells nothing but its request`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)

            let answer = try await browser.send("GET", "/api/v1/broken")

            #expect(answer.status == 500)
            #expect(!answer.text.contains("hunter2"))
            #expect(answer.json?["instance"]?.string == answer.header("x-request-id"))
        }
    }

    @Test func `an exhausted pool is 503 and says when to come again`() async throws {
        try await TestMarketplace.run { market in
            let browser = Browser(try TestSite(market).app)

            let answer = try await browser.send("GET", "/api/v1/busy")

            #expect(answer.status == 503)
            #expect(answer.header("retry-after") == "2")
            #expect(!answer.text.contains("secret"))
        }
    }
}
