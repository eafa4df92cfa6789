import Kernel
@_spi(Statements) import Postgres
import TestSupport
import Testing
import Vocabulary

/// Whoever may change a row by hand cannot do it unseen.
@Suite struct `Sealing trail and books` {
    @Test func `an untouched chain verifies, block after block`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            for round in 1...3 {
                try await market.database.audit.record("a.b", on: "c", "\(round)", by: nil)
                try await market.database.ledger.post([try books.sale(1000, ID())])
                try await market.seal()
            }

            for chain in SealedChain.allCases {
                let report = try await market.marketplace.verifySeals(chain)
                #expect(report.isClean && report.unsealed == 0)
                // One for each sealing at least: rows that other databases' transactions hold
                // back come in a later block.
                #expect(report.rows >= 3 && report.seals >= 3)
                let head = try #require(report.head)
                #expect(try await market.marketplace.seal(chain, hash: head.hash) == head)
            }
            let sealed = try await market.marketplace.verifyLedger().checks.first {
                $0.claim == "Every sealed transaction is as it was sealed"
            }
            #expect(sealed?.culprits.isEmpty == true)
            #expect(try await market.marketplace.sealRows() == 0)
        }
    }

    /// What is done by hand, and the fault that has to be named.
    static let touches: [(sql: String, chain: SealedChain, fault: String)] = [
        ("update audit_log set reason = 'another' where id = 2", .audit, "line 2 was changed"),
        (
            "update audit_log set actor_kind = 'admin' where id = 3", .audit,
            "line 3 was changed"
        ),
        ("delete from audit_log where id = 2", .audit, "line 2 was deleted or moved"),
        (
            "insert into audit_log (actor_kind, action, object_kind, object_id, xid) "
                + "select 'system', 'x.y', 'c', 'd', xid from audit_log where id = 2",
            .audit, "line 5 was slipped in"
        ),
        (
            "update audit_log set after = '{}' where id = 4; "
                + "delete from audit_log where id = 3",
            .audit, "line 3 was deleted or moved"
        ),
        (
            "update ledger_entry set amount = amount + 1 where transaction_id = 2 and line = 1",
            .ledger, "transaction 2 was changed"
        ),
        (
            "update ledger_transaction set booked_at = booked_at - interval '1 microsecond' "
                + "where id = 3", .ledger, "transaction 3 was changed"
        ),
        (
            "update ledger_account set code = code || 'x' where kind = 'commission'",
            .ledger, "transaction 1 was changed"
        ),
        (
            "delete from ledger_entry where transaction_id = 1; "
                + "delete from ledger_transaction where id = 1",
            .ledger, "transaction 1 was deleted or moved"
        ),
        ("delete from seal where number = 1 and chain = 'audit'", .audit, "seal 2 does not follow"),
        (
            "update seal set ids = ids[1:0], digests = digests[1:0] "
                + "where number = 2 and chain = 'ledger'", .ledger, "seal 2 was changed"
        ),
    ]

    @Test func `the first row that was touched by hand is named`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            for number in 1...4 {
                try await market.database.audit.record("a.b", on: "c", "\(number)", by: nil)
                try await market.database.ledger.post([try books.sale(1000, ID())])
                if number == 2 { try await market.seal() }
            }
            try await market.seal()

            for touch in Self.touches {
                let faults = try await Self.faults(of: touch.chain, after: touch.sql, market)
                #expect(
                    faults.first?.hasPrefix(touch.fault) == true, "\(touch.sql): \(faults)")
            }
        }
    }

    @Test func `a chain that was made anew after a change no longer has the head that was noted`()
        async throws
    {
        try await TestMarketplace.run { market in
            for number in 1...3 {
                try await market.database.audit.record("a.b", on: "c", "\(number)", by: nil)
            }
            try await market.seal()
            let noted = try #require(try await market.marketplace.verifySeals(.audit).head)

            try await market.storage.tamper([
                "update audit_log set reason = 'another' where id = 2",
                "delete from seal where chain = 'audit'",
            ])
            try await market.seal()

            #expect(try await market.marketplace.verifySeals(.audit).isClean)
            #expect(try await market.marketplace.seal(.audit, hash: noted.hash) == nil)
        }
    }

    @Test func `what commits late under a lower number is sealed later, and once`() async throws {
        try await TestMarketplace.run { market in
            let other = try market.storage.connectAgain()
            let (waiting, mayCommit) = AsyncStream<Void>.makeStream()
            let (written, isWritten) = AsyncStream<Void>.makeStream()
            async let late: Void = other.transaction { tx in
                try await tx.audit.record("late.line", on: "c", "d", by: nil)
                isWritten.finish()
                for await _ in waiting {}
            }
            for await _ in written {}
            try await market.database.audit.record("early.line", on: "c", "d", by: nil)

            // The late line's transaction began first, so nothing from there on is sealed yet.
            #expect(try await market.marketplace.sealRows() == 0)
            mayCommit.finish()
            try await late
            try await market.seal()

            let report = try await market.marketplace.verifySeals(.audit)
            #expect(report.isClean && report.rows == 2 && report.unsealed == 0)
            await other.close()
        }
    }

    private struct TakenBack: Error { let faults: [String] }

    /// Touches rows, verifies and takes it back, in one transaction.
    private static func faults(
        of chain: SealedChain, after sql: String, _ market: TestMarketplace
    ) async throws -> [String] {
        do {
            try await market.storage.owner.transaction { tx in
                try await tx.run(script: "set local session_replication_role = replica; " + sql)
                let faults = try await tx.query("select seal_faults(\(chain), 10)")
                    .decode { c in try c.next(String.self) }
                throw TakenBack(faults: faults)
            }
        } catch let taken as TakenBack {
            return taken.faults
        }
        return []
    }
}

extension TestMarketplace {
    /// Seals until all that was committed is sealed. Another test's open transaction holds the
    /// horizon back for the whole server, so this may take a moment.
    func seal() async throws {
        for _ in 0..<2_000 {
            try await marketplace.sealRows()
            var unsealed: Int64 = 0
            for chain in SealedChain.allCases {
                unsealed += try await marketplace.verifySeals(chain).unsealed
            }
            if unsealed == 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TestSupportError.notFound("an end of what is to be sealed")
    }
}
