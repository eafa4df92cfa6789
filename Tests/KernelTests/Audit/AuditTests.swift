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
