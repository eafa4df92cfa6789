import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct `What nobody asks for any more` {
    @Test func `is forgotten, however much of it there is`() async throws {
        try await TestMarketplace.run { market in
            let instance = try await market.given.instance(.payment)
            _ = try await market.database.batch([
                """
                insert into job (kind, state, finished_at)
                select 'old', 'done', now() - interval '2 days' from generate_series(1, 20500)
                """,
                """
                insert into job (kind, state, finished_at) values
                    ('buried', 'dead', now() - interval '100 days'),
                    ('dead', 'dead', now() - interval '80 days'),
                    ('new', 'done', now())
                """,
                """
                insert into idempotency_key
                    (actor, key, fingerprint, route, locked_until, created_at)
                select 'account:x', n::text, 'x', 'POST /', now(), now() - interval '8 days'
                from generate_series(1, 10500) n
                """,
                """
                insert into webhook_inbox (instance_id, event_id, kind, body, state, received_at)
                select \(instance)::uuid, state || days, 'x', 'x', state,
                    now() - days * interval '1 day'
                from (values ('done', 31), ('ignored', 31), ('failed', 91), ('done', 29),
                    ('failed', 31), ('new', 100)) t(state, days)
                """,
                """
                insert into outbox_event (topic, aggregate_kind, aggregate_id, email, at)
                select topic, 'x', gen_random_uuid(), 'a@example.test',
                    now() - days * interval '1 day'
                from (values ('old', 181), ('new', 0)) t(topic, days)
                """,
            ])
            try await market.tellEverybody()
            try await market.database.execute(
                """
                insert into outbox_event (topic, aggregate_kind, aggregate_id, at)
                values ('not read yet', 'x', gen_random_uuid(), now() - interval '181 days')
                """)
            try await market.database.jobs.enqueue(
                JobKind<NoArgs>("jobs.sweep", lane: .bulk), NoArgs())

            try await market.worker().drain()

            func texts(_ sql: SQL) async throws -> [String] {
                try await market.database.query(sql).decode { c in try c.next() }
            }
            #expect(
                try await texts("select kind from job where kind <> 'jobs.sweep' order by 1")
                    == ["dead", "new"])
            #expect(try await texts("select key from idempotency_key").isEmpty)
            #expect(
                try await texts("select event_id from webhook_inbox order by 1")
                    == ["done29", "failed31", "new100"])
            #expect(try await texts("select topic from notification") == ["new"])
            #expect(
                try await texts("select topic from outbox_event order by 1")
                    == ["new", "not read yet"])
        }
    }
}
