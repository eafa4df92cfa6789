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
            #expect(lines[2].reason == "asked for")
            #expect(lines.map(\.impersonation) == [nil, nil, impersonation.id])
            #expect(lines.map(\.impersonationReason) == [nil, nil, "A parcel is lost."])
            let onBehalf = try await market.marketplace.auditTrail(
                .onBehalfOf(ada.id), PageRequest())
            #expect(onBehalf.items.count == 3)
        }
    }

    @Test(arguments: ["on_behalf_of", "impersonation_id"])
    func `is sealed with the person's name and the impersonation`(_ column: String) async throws {
        try await TestMarketplace.run { market in
            let ada = try await market.given.account()
            let admin = try await market.given.administrator(.support)
            _ = try await begin(market, as: ada, by: admin)
            try await market.seal()
            #expect(try await market.marketplace.verifySeals(.audit).isClean)

            try await market.storage.tamper([
                SQL(trusted: "update audit_log set \(column) = null where id = 1")
            ])

            let faults = try await market.marketplace.verifySeals(.audit).faults
            #expect(faults.first?.contains("line 1 was changed") == true, "\(faults)")
        }
    }

    /// What the newest migration up to one of this name makes of the function behind the seals.
    private func sealing(asOf name: String) throws -> SQL {
        let known = try Migration.shipped()
        let last = try #require(known.firstIndex { $0.name == name })
        let text = try #require(
            known[...last].last { $0.text.contains("function sealed_rows(") }?.text)
        let start = try #require(text.range(of: "function sealed_rows("))
        let rest = text[start.lowerBound...]
        let end = try #require(rest.range(of: "end $$;"))
        return SQL(trusted: "create or replace \(rest[..<end.upperBound])")
    }

    @Test func `lets seals still fit that were made before lines had it`() async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator(.support)
            let ada = try await market.given.account()
            let newest = try #require(Migration.names.last)
            // As it was before anybody could look on, and then before lines named it.
            try await market.storage.tamper([try sealing(asOf: "m0116-policies")])
            try await market.database.audit.record("a.b", on: "c", "1", by: nil)
            try await market.seal()
            try await market.storage.tamper([try sealing(asOf: "m0144-payouts-in-doubt")])
            try await market.storage.tamper([
                """
                insert into audit_log (actor_id, actor_kind, on_behalf_of, action, object_kind,
                    object_id, reason)
                values (\(admin.id), 'admin', \(ada.id), 'a.b', 'c', '1', 'A parcel is lost.')
                """
            ])
            try await market.seal()

            try await market.storage.tamper([try sealing(asOf: newest)])
            _ = try await begin(market, as: ada, by: admin)
            try await market.seal()

            let found = try await market.marketplace.verifySeals(.audit)
            #expect(found.isClean, "\(found.faults)")
            // One for each sealing at least: rows that other databases' transactions hold back come
            // in a later block.
            #expect(found.seals >= 3)
        }
    }

    @Test func `leaves nothing of its reason anywhere when the person is erased`() async throws {
        try await TestMarketplace.run { market in
            let ada = try await market.marketplace.register(
                Registration(
                    email: "ada@example.test", name: "Ada", password: "a long sentence of words"))
            let admin = try await market.given.administrator()
            let impersonation = try await begin(market, as: ada, by: admin)
            try await market.marketplace.recordAct("POST /cart/lines", on: impersonation)
            try await market.marketplace.closeImpersonation(
                impersonation.id, because: .administrator, by: admin.id)
            let lines = try await market.marketplace.auditTrail(.onBehalfOf(ada.id), PageRequest())
            #expect(lines.items.count == 4)
            #expect(lines.items.allSatisfy { $0.impersonationReason == "A parcel is lost." })

            try await market.marketplace.eraseAccount(
                ada.id, password: "a long sentence of words")

            for table in ["audit_log", "impersonation", "outbox_event"] {
                let found = try await market.database.query(
                    SQL(
                        trusted:
                            "select count(*) from \(table) t where t::text like '%A parcel%'")
                ).decode { c in try c.next(Int.self) }
                #expect(found == [0], "\(table)")
            }
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

    @Test func `waits for another that the same administrator begins, so that all are counted`()
        async throws
    {
        try await TestMarketplace.run { market in
            let ada = try await market.given.account()
            let admin = try await market.given.administrator()
            let kernel = market.marketplace
            let beginning = try await market.database.transaction { tx in
                // As one that has counted and not yet committed.
                try await tx.execute(
                    "select from account where id = \(admin.id) for no key update")
                let beginning = Task {
                    try await kernel.beginImpersonation(
                        of: ada.id, in: .customer, reason: "A parcel is lost.", by: admin.id,
                        from: .session(hash: "a session"))
                }
                try await Task.sleep(for: .milliseconds(200))
                #expect(try await kernel.impersonations().items.isEmpty)
                return beginning
            }

            _ = try await beginning.value
            #expect(try await kernel.impersonations().items.count == 1)
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
