import Postgres
import Vocabulary

/// Every statement on how the market is. Each reads the end of an index or a few rows; none counts
/// a table.
struct HealthStore {
    let db: any Queryable

    /// Writes down that a process lives; of two of one name on a machine the newer one stays.
    func beat(_ process: ProcessBeat) async throws {
        try await db.execute(
            """
            insert into process_beat as old (machine, name, pid, started_at, took_ms)
            values (\(process.machine), \(process.name), \(process.pid), \(process.startedAt),
                \(process.tookMilliseconds))
            on conflict (machine, name) do update
            set pid = excluded.pid, started_at = excluded.started_at,
                seen_at = clock_timestamp(), stopped_at = null, took_ms = excluded.took_ms
            where old.pid = excluded.pid or old.started_at <= excluded.started_at
            """)
    }

    func stop(_ process: ProcessBeat) async throws {
        try await db.execute(
            """
            update process_beat set stopped_at = clock_timestamp()
            where machine = \(process.machine) and name = \(process.name)
                and pid = \(process.pid)
            """)
    }

    /// Forgets processes that were not heard of for a day.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from process_beat where (machine, name) in (
                select machine, name from process_beat
                where coalesce(stopped_at, seen_at) < now() - interval '1 day'
                limit \(JobStore.sweepMax)::int)
            """)
    }

    func ping() async throws { _ = try await db.query("select 1") }

    func facts() async throws -> HealthFacts {
        var facts = HealthFacts()
        let rows = try await db.batch([
            """
            select machine, name, pid, started_at,
                extract(epoch from clock_timestamp() - seen_at)::bigint, stopped_at, took_ms::bigint
            from process_beat
            where stopped_at > now() - interval '1 hour'
                or stopped_at is null and seen_at > now() - interval '1 day'
            order by name, machine limit 200
            """,
            """
            select max(extract(epoch from clock_timestamp() - xact_start))::bigint
            from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            """,
            """
            select i.id, i.name, h.calls, h.failures, h.took
            from provider_instance i cross join lateral (
                select coalesce(sum(calls), 0)::bigint as calls,
                    coalesce(sum(failures), 0)::bigint as failures,
                    coalesce(sum(took_ms), 0)::bigint as took
                from provider_health
                where instance_id = i.id and minute > now() - interval '15 minutes'
            ) h
            where i.state in ('active', 'draining') order by i.name, i.id limit 100
            """,
            few("select 1 from job where state = 'dead'"),
            few("select 1 from mail where state = 'failed'"),
            few("select 1 from webhook_inbox where state = 'failed'"),
            age(
                """
                select e.at from outbox_cursor c cross join lateral (
                    select at from outbox_event where (xid, id) > (c.xid, c.id)
                    order by xid, id limit 1
                ) e where c.reader = 'notifications'
                """),
            age("select next_at from mail where state = 'waiting' order by next_at limit 1"),
            age(
                """
                select received_at from webhook_inbox where state = 'new'
                order by received_at limit 1
                """),
            age(
                """
                select next_try_at from payment_attempt
                where state in ('intent', 'sent', 'unknown') order by next_try_at limit 1
                """),
            age(unsealed(.ledger)), age(unsealed(.audit)),
        ])
        facts.processes = try rows[0].decode { c in
            try ProcessBeat(
                machine: c.next(), name: c.next(), pid: c.next(), startedAt: c.next(),
                silentSeconds: c.next(), stoppedAt: c.next(), tookMilliseconds: c.next())
        }
        facts.oldestTransactionSeconds =
            try rows[1].decode { c in try c.next(Int64?.self) }.first
            ?? nil
        facts.providers = try rows[2].decode { c in
            try HealthFacts.ProviderCalls(
                id: c.next(), name: c.next(), calls: c.next(), failures: c.next(),
                tookMilliseconds: c.next())
        }
        let counts = try rows[3...5].map { try $0.decode { c in try c.next(Int.self) }.first ?? 0 }
        let ages = try rows[6...].map { try $0.decode { c in try c.next(Int64.self) }.first }
        facts.deadJobs = counts[0]
        facts.outboxSeconds = ages[0]
        facts.mail = HealthFacts.Backlog(oldestSeconds: ages[1], failed: counts[1])
        facts.webhooks = HealthFacts.Backlog(oldestSeconds: ages[2], failed: counts[2])
        facts.attemptsSeconds = ages[3]
        facts.seals = [(.ledger, ages[4], 0), (.audit, ages[5], 0)]
        return facts
    }

    private func few(_ rows: SQL) -> SQL {
        "select cardinality(array(\(rows) limit \(WhatWaits.countMax)::int))"
    }

    /// How many seconds ago the one moment was.
    private func age(_ moment: SQL) -> SQL {
        """
        select extract(epoch from clock_timestamp() - found.at)::bigint
        from (\(moment)) found(at) where found.at is not null
        """
    }

    /// When the oldest row was written that no seal covers.
    private func unsealed(_ chain: SealedChain) -> SQL {
        let rows: SQL =
            switch chain {
            case .ledger: "ledger_transaction"
            case .audit: "audit_log"
            }
        return """
            select t.at from (
                select coalesce((select until_xid from seal where chain = \(chain)
                    order by number desc limit 1), '0') as until_xid
            ) sealed cross join lateral (
                select at from \(rows) where xid >= sealed.until_xid order by xid limit 1
            ) t
            """
    }
}

extension Queryable {
    var health: HealthStore { HealthStore(db: self) }
}
