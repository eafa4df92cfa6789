import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Nonsense on every route of the desk` {
    /// Bodies that no operation takes.
    static let bodies: [JSONValue] = [
        .null, [], "text", 1, ["unknown": true], ["onHand": -1], ["onHand": .integer(.max)],
        ["reason": "a\u{0}b"], ["title": .string(String(repeating: "t", count: 9000))],
        ["email": 17, "role": "emperor"], ["variants": [["price": ["amount": .number(1e300)]]]],
        ["carrier": ""], ["name": "x", "country": "Germany"],
    ]

    @Test func `is answered with a documented problem`() async throws {
        try await Desk.run { desk in
            let token = try await desk.token(of: desk.shop.owner)
            guard case .object(let paths)? = desk.app.document["paths"] else {
                Issue.record("no paths")
                return
            }
            for (pattern, operations) in paths {
                guard case .object(let methods) = operations else { continue }
                for (method, operation) in methods {
                    try await self.attack(desk, token, pattern, method.uppercased(), operation)
                }
            }
        }
    }

    private func attack(
        _ desk: Desk, _ token: String, _ pattern: String, _ method: String,
        _ operation: JSONValue
    ) async throws {
        guard case .object(let answers)? = operation["responses"] else { return }
        let isBodied = operation["requestBody"] != nil
        let isNamed = pattern.contains("{")
        for value in isNamed ? [ID<Order>().description, "17", "%00", "%FF", "ä"] : ["-"] {
            for body in isBodied ? Self.bodies : [.null] {
                // Closing the shop is a wish that makes sense.
                if !isBodied, method == "POST", !isNamed { continue }
                let answer = try await Browser(desk.app).send(
                    method, `Who may do what at the desk`.path(pattern, value),
                    isBodied ? body : nil, token: token)
                #expect(
                    answers[String(answer.status)] != nil,
                    "\(method) \(pattern) with \(value): \(answer.status) \(answer.text)")
                guard answer.status >= 400 else { continue }
                #expect(answer.header("content-type") == "application/problem+json")
            }
        }
    }

    @Test func `on pages is a page with a sentence`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            for policy in desk.app.policies where !policy.pattern.hasPrefix("/api") {
                for value in [ID<Order>().description, "%00", "nonsense"] {
                    let path = `Who may do what at the desk`.path(policy.pattern, value)
                    let answer = try await browser.raw(
                        policy.method, path + "?after=x&limit=-1&state=%00&from=abc")
                    #expect(answer.status < 500, "\(policy.method) \(path) \(answer.status)")
                }
            }
        }
    }

    @Test func `pictures and files that are none are refused`() async throws {
        try await Desk.run { desk in
            let program = try await desk.program()
            let id = try await desk.listing("Mug").listing.id
            let path = "/api/v1/listings/\(id)/images"

            let text = try await program.upload(path, Array("hello".utf8), type: "image/png")
            #expect(text.status == 415, "\(text.text)")
            let large = try await program.upload(
                path, [UInt8](repeating: 7, count: (10 << 20) + 1), type: "image/png")
            #expect(large.status == 413)
            let csv = try await program.send("POST", "/api/v1/imports", ["csv": "no,such,file"])
            #expect(csv.status == 422, "\(csv.text)")
            let fine = try await program.upload(path + "?alt=Front", png, type: "image/png")
            #expect(fine.status == 201, "\(fine.text)")
        }
    }
}
