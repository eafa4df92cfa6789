import Kernel
@_spi(Statements) import Postgres
import TestSupport
import Testing
import Vocabulary

/// Who may write the books, tried by SQL: once as the programs act, once as the schema's owner.
@Suite struct `Writing the books by hand` {
    static let changes = [
        "update ledger_entry set amount = amount + 1",
        "delete from ledger_entry",
        "truncate ledger_entry",
        "update ledger_transaction set kind = 'refund'",
        "delete from ledger_transaction",
        "truncate ledger_transaction cascade",
        "update ledger_account set kind = 'suspense'",
        "delete from ledger_account",
        "truncate ledger_account cascade",
        "delete from ledger_balance",
        "truncate ledger_balance",
        "delete from ledger_fold",
        "truncate ledger_fold",
        "truncate ledger_order_balance",
        "delete from ledger_closing",
        "truncate ledger_closing",
        "truncate account cascade",
        "truncate provider_instance cascade",
    ]

    @Test func `what was kept is never changed, deleted or emptied, not even by the owner`()
        async throws
    {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            try await market.database.ledger.post([try books.sale(1000, ID())])
            try await market.database.audit.record("a.b", on: "c", "d", by: nil)

            for database in [market.database, market.storage.owner] {
                for change in Self.changes {
                    let error = await #expect(throws: PostgresError.self, "\(change)") {
                        try await database.execute(SQL(trusted: change))
                    }
                    #expect(error?.sqlState == "42501", "\(change)")
                }
            }
            #expect(try await books.pending() == 900)
        }
    }

    @Test func `the programs cannot write past the posting function`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            try await market.database.ledger.post([try books.sale(1000, ID())])
            let attempts = [
                """
                insert into ledger_transaction (key, kind, currency, fingerprint)
                values ('forged', 'adjustment', 'EUR', '')
                """,
                """
                insert into ledger_entry (transaction_id, line, account_id, currency, amount)
                select transaction_id, 99, account_id, currency, amount from ledger_entry
                """,
                """
                insert into ledger_account (code, kind, currency, synchronous)
                values ('mine', 'suspense', 'EUR', false)
                """,
                "update ledger_balance set balance = balance + 1",
                "update ledger_fold set balance = balance + 1",
                "insert into ledger_order_balance select id, gen_random_uuid(), 1 "
                    + "from ledger_account",
                "update ledger_closing set balance = balance + 1",
                "select turn_ledger_months('{1}', '{1}', '2026-01-01')",
                "insert into ledger_balance select id, 1 from ledger_account",
                "select open_ledger_accounts('EUR', '{suspense}', '{NULL}')",
                "select from ledger_balance for no key update",
                "set local session_replication_role = replica",
                "alter table ledger_entry disable trigger all",
                "alter table ledger_balance drop constraint ledger_balance_floor",
                "drop trigger ledger_transaction_balanced on ledger_transaction",
                "create or replace function refuse_change() returns trigger language plpgsql "
                    + "as 'begin return new; end'",
                "create function public.sum_of_mine() returns int language sql as 'select 1'",
                "alter function fold_ledger() security invoker",
                "set role guildhall_books; insert into ledger_fold values (1)",
                "insert into schema_migration (name, checksum) values ('m9999', '')",
                "update audit_log set reason = 'another'",
                "delete from audit_log",
                "insert into audit_log (id, actor_kind, action, object_kind, object_id) "
                    + "overriding system value values (1, 'system', 'a.b', 'c', 'd')",
            ]

            // Whoever connects so may be nothing but the programs' role: there is no way back.
            let program = try await ProgramLogin(market)
            for attempt in attempts {
                let error = await #expect(throws: PostgresError.self, "\(attempt)") {
                    try await program.database.transaction { tx in
                        try await tx.run(script: "reset role; " + attempt)
                    }
                }
                #expect(error?.sqlState == "42501", "\(attempt): \(String(describing: error))")
            }
            #expect(try await program.database.ledger.post([try books.sale(500, ID())]).count == 1)
            try await program.close()
            #expect(try await books.pending() == 1350)
        }
    }

    @Test func `a temporary table of the same name deceives nobody`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)

            let error = await #expect(throws: PostgresError.self) {
                try await market.database.transaction { tx in
                    // Balanced entries, and a floorless balance, before the real ones in the path.
                    try await tx.run(
                        script: """
                            create temporary table ledger_entry as select t.id as transaction_id,
                                1 as line, 1 as account_id, 'EUR' as currency, 0::bigint as amount,
                                null::uuid as order_id from generate_series(1, 100) t(id);
                            select post_ledger('forged', 'adjustment', 'EUR', null, null,
                                '{suspense,commission}', '{NULL,NULL}', '{10,-9}', '{NULL,NULL}');
                            """)
                }
            }

            #expect(error?.constraint == "ledger_transaction_balanced")
            #expect(try await books.transactions() == 0)
        }
    }

    @Test func `a reversal names what it reverses, and nothing is reversed twice`() async throws {
        try await TestMarketplace.run { market in
            let books = try await Books(market)
            let order = ID<Order>()
            let sale = try books.sale(1000, order)
            try await market.database.ledger.post([sale])
            let back = { (key: String, what: String) in
                try Posting(
                    key: key, kind: .refund, currency: .eur, reverses: what,
                    entries: sale.entries.map { LedgerEntry($0.account, -$0.amount, order: order) })
            }

            let unknown = await #expect(throws: PostgresError.self) {
                try await market.database.ledger.post([try back("back:0", "sale:nothing")])
            }
            #expect(unknown?.constraint == "ledger_transaction_reverses_fkey")
            try await market.database.ledger.post([try back("back:1", sale.key)])
            try await market.database.ledger.post([try books.sale(5000, ID())])
            let twice = await #expect(throws: PostgresError.self) {
                try await market.database.ledger.post([try back("back:2", sale.key)])
            }
            #expect(twice?.constraint == "ledger_transaction_reverses_key")
        }
    }

    @Test func `every table is the programs' to write, but those that are named here`()
        async throws
    {
        try await TestMarketplace.run { market in
            // A new table of the books belongs here, and to guildhall_books.
            let closed: Set = [
                "audit_log", "ledger_account", "ledger_balance", "ledger_closing", "ledger_entry",
                "ledger_fold", "ledger_order_balance", "ledger_transaction", "schema_migration",
                "seal",
            ]
            let found = try await market.database.query(
                """
                select relname from pg_class
                where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                    and not (has_table_privilege(oid, 'insert')
                        and has_table_privilege(oid, 'update')
                        and has_table_privilege(oid, 'delete'))
                """
            ).decode { c in try c.next(String.self) }
            #expect(Set(found) == closed)

            // What runs with its owner's rights belongs to the books' owner, never to a login.
            let strangers = try await market.database.query(
                """
                select proname from pg_proc join pg_roles on pg_roles.oid = proowner
                where pronamespace = 'public'::regnamespace and prosecdef
                    and (rolname <> 'guildhall_books'
                        or not coalesce(proconfig @> '{"search_path=public, pg_temp"}', false))
                """
            ).decode { c in try c.next(String.self) }
            #expect(strangers.isEmpty)
        }
    }
}

/// A login of the server that is a member of the programs' role and of nothing else.
private struct ProgramLogin {
    let database: Database
    private let name: String
    private let owner: Database

    init(_ market: TestMarketplace) async throws {
        name = "guildhall_program_" + market.storage.name.suffix(12)
        owner = market.storage.owner
        try await owner.execute(
            SQL(trusted: "create role \(name) login password 'program' in role guildhall_app"))
        database = try market.storage.connectAgain(as: name, password: "program")
    }

    func close() async throws {
        await database.close()
        try await owner.execute(SQL(trusted: "drop role \(name)"))
    }
}
