import Kernel
@_spi(Statements) import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Acting in another's place` {
    private func begin(
        _ market: TestMarketplace, as person: Account, by admin: Account
    ) async throws -> Impersonation {
        let begun = try await market.marketplace.beginImpersonation(
            of: person.id, in: .customer, reason: "A parcel is lost.", by: admin.id,
            from: .session(hash: "a session"))
        return try await market.marketplace.openImpersonation(
            pass: begun.pass, in: .customer
        ).impersonation
    }

    @Test func `is written under the administrator's name, whatever verb writes it`() async throws {
        try await TestMarketplace.run { market in
            let (ada, eve) = (
                try await market.given.account(), try await market.given.account("Eve")
            )
            let admin = try await market.given.administrator(.support)
            let impersonation = try await begin(market, as: ada, by: admin)

            try await ActingFor.$current.withValue(ActingFor(impersonation)) {
                try await market.database.audit.record(
                    "thing.done", on: "thing", "1", by: ada.id, as: .customer, reason: "asked for")
                try await market.database.audit.record(
                    "thing.done", on: "thing", "1", by: eve.id, as: .customer)
            }
            try await market.database.audit.record(
                "thing.done", on: "thing", "1", by: ada.id, as: .customer)

            let lines = try await market.marketplace.auditTrail(
                .object(kind: "thing", id: "1"), PageRequest()
            ).items
            #expect(lines.map(\.actor) == [ada.id, eve.id, admin.id])
            #expect(lines.map(\.onBehalfOf) == [nil, nil, ada.id])
            #expect(lines.map(\.actorKind) == [.customer, .customer, .admin])
            #expect(lines[2].reason == "asked for · A parcel is lost.")
            let onBehalf = try await market.marketplace.auditTrail(
                .onBehalfOf(ada.id), PageRequest())
            #expect(onBehalf.items.count == 3)
        }
    }

    @Test func `is sealed with the person's name, and old seals still fit`() async throws {
        try await TestMarketplace.run { market in
            let ada = try await market.given.account()
            let admin = try await market.given.administrator(.support)
            try await market.database.audit.record("a.b", on: "c", "1", by: nil)
            try await market.seal()
            _ = try await begin(market, as: ada, by: admin)
            try await market.seal()
            #expect(try await market.marketplace.verifySeals(.audit).isClean)

            try await market.storage.tamper([
                "update audit_log set on_behalf_of = null where id = 2"
            ])

            let faults = try await market.marketplace.verifySeals(.audit).faults
            #expect(faults.first?.contains("line 2 was changed") == true, "\(faults)")
        }
    }

    @Test func `ends for whoever cannot go on, and for nobody else`() async throws {
        try await TestMarketplace.run { market in
            let (ada, eve) = (
                try await market.given.account(), try await market.given.account("Eve")
            )
            let admin = try await market.given.administrator(.support)
            let over = try await begin(market, as: ada, by: admin)
            let on = try await begin(market, as: eve, by: admin)
            try await market.database.execute(
                "update account set state = 'closed' where id = \(ada.id)")

            #expect(try await market.marketplace.liveImpersonation(over.id) == nil)
            #expect(try await market.marketplace.endLapsedImpersonations() == 1)
            #expect(try await market.marketplace.endLapsedImpersonations() == 0)

            #expect(try await market.marketplace.liveImpersonation(on.id) != nil)
            let known = try await market.marketplace.impersonations(.account(ada.id)).items
            #expect(known.map(\.ending) == [.rightLost])
            await #expect(throws: ImpersonationRefusal.over) {
                try await market.marketplace.endImpersonation(
                    over.id, because: .administrator, by: admin.id)
            }
        }
    }

    @Test func `lasts as long as it is set, and a page at a time is listed`() async throws {
        try await TestMarketplace.run(settings: {
            $0.impersonationLifetime = .seconds(600)
        }) { market in
            let ada = try await market.given.account()
            let admin = try await market.given.administrator()
            for _ in 1...3 { _ = try await begin(market, as: ada, by: admin) }

            let first = try await market.marketplace.impersonations(
                .everything, PageRequest(limit: 2))
            let second = try await market.marketplace.impersonations(
                .everything, PageRequest(after: first.next, limit: 2))

            #expect(first.items.count == 2 && second.items.count == 1)
            let one = try #require(second.items.first)
            let seconds = one.until.secondsSince1970 - one.begunAt.secondsSince1970
            #expect((599...601).contains(seconds))
            #expect(one.reason == "A parcel is lost.")
        }
    }

    @Test func `is told to the person with the rest of what is known`() async throws {
        try await TestMarketplace.run { market in
            let ada = try await market.marketplace.register(
                Registration(
                    email: "ada@example.test", name: "Ada", password: "a long sentence of words"))
            let admin = try await market.given.administrator()
            _ = try await begin(market, as: ada, by: admin)

            let text = String(
                decoding: try await market.marketplace.personalData(of: ada.id).json,
                as: UTF8.self)

            #expect(text.contains("\"supportVisits\""))
            #expect(text.contains("A parcel is lost."))
        }
    }
}
