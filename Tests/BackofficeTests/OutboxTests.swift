import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `The outbox in the back office` {
    @Test func `shows what waits, in order and paged, until it was told`() async throws {
        try await Office.run { office in
            let seller = try await office.market.given.verifiedSeller()
            let admin = try #require(office.accounts[.administrator]).id
            let kernel = office.market.marketplace
            try await office.market.tellEverybody()
            for turn in 1...2 {
                try await kernel.suspendSeller(seller.id, reason: "Turn \(turn)", by: admin)
                try await kernel.reinstateSeller(seller.id, reason: "Turn \(turn)", by: admin)
            }

            let waiting = "/api/v1/outbox?state=waiting&limit=3"
            let first = try await office.get(waiting)
            #expect(first.value("items.0.topic") == "seller.suspended")
            #expect(first.value("items.0.objectId") == "\(seller.id)")
            #expect(first.value("items.0.isRead") == "false")
            #expect(first.value("items.2.topic") == "seller.suspended")
            let second = try await office.get(waiting + "&after=\(try first.require("next"))")
            #expect(second.value("items.0.topic") == "seller.verified")
            #expect(second.value("items.1.topic") == nil)
            let before = try await office.get("/api/v1/outbox/readers")
            #expect(before.value("items.0.name") == "notifications")
            #expect(before.value("items.0.waiting") == "4")
            #expect(before.value("items.0.waitingSince") != nil)
            let page = try await office.get("/outbox?state=waiting")
            #expect(page.text.contains("<code>seller.suspended</code>"))

            try await office.market.tellEverybody()

            #expect(try await office.get(waiting).value("items.0.id") == nil)
            let after = try await office.get("/api/v1/outbox/readers")
            #expect(after.value("items.0.waiting") == "0")
            let newest = try await office.get("/api/v1/outbox?limit=1")
            #expect(newest.value("items.0.topic") == "seller.verified")
            #expect(newest.value("items.0.isRead") == "true")
            let older = try await office.get(
                "/api/v1/outbox?limit=1&after=\(try newest.require("next"))")
            #expect(older.value("items.0.topic") == "seller.suspended")
        }
    }

    @Test func `is for those who read jobs, and the page of health leads to it`() async throws {
        try await Office.run { office in
            #expect(try await office.get("/outbox", as: .catalogue).status == 403)
            #expect(try await office.get("/outbox", as: .support).status == 200)
            #expect(try await office.get("/outbox", as: .support).text.contains("/audit") == false)
            let health = try await office.get("/health?refresh=off")
            #expect(health.text.contains("href=\"/outbox?state=waiting\""))
            #expect(try await office.get("/outbox?after=abc").status == 422)
        }
    }
}
