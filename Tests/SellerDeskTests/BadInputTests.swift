import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Nonsense on every route of the desk` {
    private func nonsense(
        _ complain: (Nonsense) async throws -> [String]
    ) async throws {
        try await Desk.run { desk in
            let probe = Nonsense(desk.app, token: try await desk.token(of: desk.shop.owner))
            let before = try await DatabasePrint(desk.market.database)

            let complaints = try await complain(probe)

            let changes = before.changes(to: try await DatabasePrint(desk.market.database))
            #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
            #expect(changes.isEmpty, "\(changes) changed")
        }
    }

    @Test func `in a field is answered with 422 and its name`() async throws {
        try await nonsense { try await $0.complaintsOfBodies() }
    }

    @Test func `instead of JSON is answered before anything is done`() async throws {
        try await nonsense { try await $0.complaintsOfBytes() }
    }

    @Test func `in a query is answered with 422 and its name`() async throws {
        try await nonsense { try await $0.complaintsOfQueries() }
    }

    @Test func `in a path is nothing that is there`() async throws {
        try await nonsense { try await $0.complaintsOfPaths() }
    }

    @Test func `instead of a form is answered by a page before anything is done`() async throws {
        try await nonsense { try await $0.complaintsOfFormBytes() }
    }

    @Test func `in a form is refused on the page`() async throws {
        try await nonsense { try await $0.complaintsOfForms() }
    }

    @Test func `in a form leaves what else was typed in it`() async throws {
        try await Desk.run { desk in
            let sides = try await TwoSidedMarket(desk.market)
            let order = try #require(sides.ours.sellerIDs["order"])
            let caller = try await RouteCaller(
                desk.app, token: try await desk.token(of: sides.ours.seller.owner))

            let refused = try await caller.submit(
                "/orders/\(order)/shipments",
                ["carrier": "Post", "trackingNumber": "A<1>", "trackingUrl": "ftp://x"])

            #expect(refused.status == 422)
            #expect(refused.text.contains("action=\"/orders/\(order)/shipments\""))
            #expect(refused.text.contains("name=\"carrier\" value=\"Post\""))
            #expect(refused.text.contains("value=\"A&lt;1&gt;\""))
            #expect(refused.text.contains("aria-invalid"))
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
                path, [UInt8](repeating: 7, count: (20 << 20) + 1), type: "image/png")
            #expect(large.status == 413)
            let csv = try await program.send("POST", "/api/v1/imports", ["csv": "no,such,file"])
            #expect(csv.status == 422, "\(csv.text)")
            let fine = try await program.upload(path + "?alt=Front", png, type: "image/png")
            #expect(fine.status == 201, "\(fine.text)")
        }
    }
}
