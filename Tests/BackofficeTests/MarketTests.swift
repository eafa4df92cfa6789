import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Looking after the market` {
    @Test func `a blocked listing is off the shelf until it is released`() async throws {
        try await Office.run { office in
            let thing = try await Sale.thing(
                office.market, by: try await office.market.given.verifiedSeller())
            let path = "/api/v1/listings/\(thing.listing)"
            let reason = #"{"reason": "A copy of somebody's work."}"#
            #expect(try await office.post(path + "/block", "{}").status == 422)
            let blocked = try await office.post(path + "/block", reason, as: .catalogue)
            #expect(blocked.value("state") == "blocked")
            #expect(blocked.value("isForSale") == "false")
            #expect(try await office.get("/api/v1/waiting").value("listingsBlocked") == "1")
            #expect(try await office.post(path + "/release", reason).value("state") == "draft")
            let trail = try await office.trail("listing", "\(thing.listing)")
            #expect(trail.map(\.action) == ["listing.blocked", "listing.unblocked"])
            #expect(trail.map(\.reason) == Array(repeating: "A copy of somebody's work.", count: 2))
        }
    }

    @Test func `the category tree grows`() async throws {
        try await Office.run { office in
            let root = try await office.post("/api/v1/categories", #"{"name": "Pottery"}"#)
            #expect(root.value("slug") == "pottery")
            let parent = try root.require("id")
            let child = try await office.post(
                "/api/v1/categories", #"{"name": "Bowls", "parent": "\#(parent)"}"#)
            #expect(child.value("parent") == parent)
            let twice = try await office.post("/api/v1/categories", #"{"name": "Pottery"}"#)
            #expect(twice.status == 409)
            #expect(try await office.get("/categories").text.contains("Pottery › Bowls"))
        }
    }

    @Test func `roles are given and taken with a reason, but the last one stays`() async throws {
        try await Office.run { office in
            let person = try await office.market.given.account("Nils New")
            let given = try await office.post(
                "/api/v1/people/roles",
                #"{"email": "\#(person.email)", "role": "support", "reason": "New at the desk."}"#)
            #expect(given.status == 200)
            #expect(try await office.market.marketplace.adminRoles(of: person.id) == [.support])
            let line = try #require(try await office.trail("account", "\(person.id)").last)
            #expect(line.reason == "support: New at the desk.")

            let admin = try #require(office.accounts[.administrator])
            let last = try await office.post(
                "/api/v1/people/withdrawals",
                #"{"account": "\#(admin.id)", "role": "administrator", "reason": "Leaves us."}"#)
            #expect(last.status == 409)
            let unknown = try await office.post(
                "/api/v1/people/roles",
                #"{"email": "nobody@example.test", "role": "support", "reason": "Typing error."}"#)
            #expect(unknown.status == 404)
        }
    }

    @Test func `commission rules are added and ended, never changed`() async throws {
        try await Office.run { office in
            let rule = try await office.post(
                "/api/v1/commission-rules",
                #"{"ratePpm": 125000, "fixedAmount": 30, "fixedCurrency": "EUR", "#
                    + #""replaces": true, "reason": "New"}"#,
                as: .finance)
            #expect(rule.value("fixedPerUnit.amount") == "30")
            let over = try await office.post(
                "/api/v1/commission-rules", #"{"ratePpm": 1000001, "reason": "Greedy."}"#)
            #expect(over.status == 422)
            #expect(over.value("field") == "ratePpm")
            let path = "/api/v1/commission-rules/\(try rule.require("id"))/end"
            #expect(try await office.post(path, #"{"reason": "Mistake."}"#).status == 200)
            #expect(try await office.post(path, #"{"reason": "Mistake."}"#).status == 404)
        }
    }

    @Test func `a dead job runs again when somebody says why`() async throws {
        try await Office.run { office in
            try await office.market.database.execute(
                """
                insert into job (kind, state, attempt, error, finished_at)
                values ('orders.deliver', 'dead', 20, 'it broke', now())
                """)
            let dead = try await office.get("/api/v1/jobs/dead", as: .support)
            let id = try dead.require("items.0.id")
            #expect(dead.value("items.0.error") == "it broke")
            let path = "/api/v1/jobs/\(id)/redrive"
            #expect(try await office.post(path, #"{"reason": "Mended."}"#).status == 200)
            #expect(try await office.post(path, #"{"reason": "Mended."}"#).status == 404)
            #expect(try await office.trail("job", id).map(\.action) == ["job.redriven"])
        }
    }

    @Test func `a dead job whose work was asked for again stays dead`() async throws {
        try await Office.run { office in
            try await office.market.database.execute(
                """
                insert into job (kind, unique_key, state, attempt, error, finished_at)
                values ('orders.deliver', 'one', 'dead', 20, 'it broke', now()),
                    ('orders.deliver', 'one', 'ready', 0, null, null)
                """)
            let id = try await office.get("/api/v1/jobs/dead").require("items.0.id")
            let answer = try await office.post(
                "/api/v1/jobs/\(id)/redrive", #"{"reason": "Mended."}"#)
            #expect(answer.status == 409)
            #expect(answer.value("type") == "/problems/job.asked-again")
            #expect(try await office.trail("job", id).isEmpty)
        }
    }

    @Test func `the clock moves in a demo and nowhere else`() async throws {
        try await Office.run { office in
            let before = try await office.market.marketplace.marketNow()
            let day = #"{"hours": 24, "reason": "To see it."}"#
            #expect(try await office.post("/api/v1/clock", day).status == 200)
            #expect(try await office.market.marketplace.marketNow() > before.advanced(days: 1))
            #expect(
                try await office.post("/api/v1/clock", #"{"hours": -1, "reason": "To see it."}"#)
                    .status == 422)
            #expect(try await office.get("/clock").status == 200)
        }
        try await Office.run(settings: { $0.isDemo = false }) { office in
            #expect(try await office.get("/clock").status == 404)
            let moved = try await office.post("/api/v1/clock", #"{"hours": 24}"#)
            #expect([404, 405].contains(moved.status))
            #expect(try await office.get("/api/v1/clock").status == 200)
        }
    }

    @Test func `payouts run when finance says why`() async throws {
        try await Office.run { office in
            let path = "/api/v1/payout-runs"
            #expect(
                try await office.post(path, #"{"reason": "Friday."}"#, as: .support).status == 403)
            let run = try await office.post(path, #"{"reason": "Friday."}"#, as: .finance)
            #expect(run.status == 200)
            #expect(try await office.trail("market", "payouts").map(\.reason) == ["Friday."])
        }
    }
}
