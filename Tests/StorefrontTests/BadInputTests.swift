import Kernel
import Storefront
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Nonsense on every route of the shop` {
    /// Bodies that no operation takes.
    static let bodies: [JSONValue] = [
        .null, [], "text", 1, ["unknown": true],
        ["quantity": -1, "variantId": "x"], ["quantity": .integer(.max)],
        ["reason": "a\u{0}b"], ["stars": 6],
        ["email": .string(String(repeating: "e", count: 9000))],
        ["expectedTotal": ["amount": .number(1e300), "currency": "ZZZ"]],
    ]

    private static func path(_ pattern: String, _ value: String) -> String {
        pattern.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? value : String($0) }.joined(separator: "/")
    }

    @Test func `is answered with a documented problem`() async throws {
        try await OpenShop.run { shop in
            let token = try await shop.token(try await shop.market.given.account())
            guard case .object(let paths)? = shop.app.document["paths"] else {
                Issue.record("no paths")
                return
            }
            for (pattern, operations) in paths {
                guard case .object(let methods) = operations else { continue }
                for (method, operation) in methods {
                    try await self.attack(shop, token, pattern, method.uppercased(), operation)
                }
            }
        }
    }

    private func attack(
        _ shop: OpenShop, _ token: String, _ pattern: String, _ method: String,
        _ operation: JSONValue
    ) async throws {
        guard case .object(let answers)? = operation["responses"] else { return }
        let isBodied = operation["requestBody"] != nil
        for value in [ID<Order>().description, "17", "%00", "%FF", "ä"] {
            for body in isBodied ? Self.bodies : [.null] {
                let answer = try await Browser(shop.app).send(
                    method, Self.path(pattern, value), isBodied ? body : nil, token: token)
                #expect(
                    answers[String(answer.status)] != nil,
                    "\(method) \(pattern) with \(value): \(answer.status) \(answer.text)")
                guard answer.status >= 400 else { continue }
                #expect(answer.header("content-type") == "application/problem+json")
            }
        }
    }

    @Test func `on pages is a page with a sentence`() async throws {
        try await OpenShop.run { shop in
            for route in shop.app.routeList where route.hasPrefix("GET /") {
                let pattern = String(route.dropFirst(4))
                guard !pattern.hasPrefix("/api") else { continue }
                for value in [ID<Order>().description, "%00", "nonsense"] {
                    let answer = try await Browser(shop.app).raw(
                        "GET", Self.path(pattern, value) + "?after=x&limit=-1&from=abc&text=%22%3E")
                    #expect(answer.status < 500, "\(pattern) \(answer.status)")
                }
            }
        }
    }

    @Test func `to the webhook is refused before anything is kept`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)

            let unknown = try await browser.raw("POST", "/webhooks/\(ID<Order>())", body: [1])
            let forged = try await browser.raw("POST", "/webhooks/\(shop.payment)", body: [1])
            let large = try await browser.raw(
                "POST", "/webhooks/\(shop.payment)", headers: [("content-length", "300000")])

            #expect(unknown.status == 404)
            #expect(forged.status == 401)
            #expect(large.status == 413)
        }
    }

    @Test func `pictures are found by their hash only`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)

            for path in [
                "/media/x", "/media/..%2F..%2Fetc%2Fpasswd",
                "/media/\(String(repeating: "0", count: 64))",
            ] {
                #expect(try await browser.raw("GET", path).status == 404)
            }
            let style = try await browser.get("/")
            let start = try #require(style.text.firstRange(of: "/assets/"))
            let sheet = try await browser.raw(
                "GET", String(style.text[start.lowerBound...].prefix { $0 != "\"" }))
            #expect(sheet.header("content-type") == "text/css; charset=utf-8")
            #expect(sheet.header("cache-control")?.contains("immutable") == true)
        }
    }
}
