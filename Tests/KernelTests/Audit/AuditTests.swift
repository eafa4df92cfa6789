import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `The audit trail` {
    private struct Shop: Codable, Sendable { var name: String }

    @Test func `shows before and after, newest first, page by page`() async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            for number in 1...5 {
                try await market.database.audit.record(
                    "shop.renamed", on: "seller", "s", by: admin.id, reason: "asked for",
                    before: Shop(name: "\(number)"), after: Shop(name: "\(number + 1)"))
            }

            let first = try await market.marketplace.auditTrail(
                .object(kind: "seller", id: "s"), PageRequest(limit: 3))
            let second = try await market.marketplace.auditTrail(
                .object(kind: "seller", id: "s"), PageRequest(after: first.next, limit: 3))

            #expect(first.items.map(\.after) == ["6", "5", "4"].map { #"{"name": "\#($0)"}"# })
            #expect(second.items.count == 2 && second.next == nil)
        }
    }

    @Test func `making and revoking a token leaves a line each`() async throws {
        try await TestMarketplace.run { market in
            let account = try await market.given.account()

            let made = try await market.marketplace.createAccessToken(
                named: "script", for: .seller, of: account.id)
            try await market.marketplace.revokeAccessToken(made.token.id, of: account.id)

            let lines = try await market.marketplace.auditTrail(
                .actor(account.id), PageRequest()
            ).items
            #expect(lines.map(\.action) == ["account.token-revoked", "account.token-made"])
            #expect(lines.allSatisfy { $0.actorKind == .seller })
            #expect(lines.first?.after?.contains("revoked") == true)
        }
    }

    @Test func `no line is ever changed`() async throws {
        try await TestMarketplace.run { market in
            try await market.database.audit.record("a", on: "b", "c", by: nil)

            await #expect(throws: PostgresError.self) {
                try await market.database.execute("update audit_log set reason = 'other'")
            }
            await #expect(throws: PostgresError.self) {
                try await market.database.execute("delete from audit_log")
            }
        }
    }
}
