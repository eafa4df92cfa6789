import Kernel
import TestSupport
import Testing
import Web

@Suite struct `Nonsense on every route of the back office` {
    private func nonsense(
        _ complain: (Nonsense) async throws -> [String]
    ) async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let token = try await market.marketplace.createAccessToken(
                named: "test", for: .admin, of: admin.id
            ).secret
            let probe = Nonsense(
                try Office.app(of: market, settings: TestWeb.settings), token: token)
            let before = try await DatabasePrint(market.database)

            let complaints = try await complain(probe)

            let changes = before.changes(to: try await DatabasePrint(market.database))
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
}
