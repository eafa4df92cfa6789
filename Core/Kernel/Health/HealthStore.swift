import Postgres
import Vocabulary

/// Every statement on how the market is. Each reads the end of an index or a few rows; none counts
/// a table.
struct HealthStore {
    /// How long one of them may run when a person waits for it.
    static let deadline: Duration = .seconds(2)
    /// How many lives of one process are remembered.
    static let livesMax = 10

    let db: any Queryable

    /// Writes down that a process lives; nothing once it was stopped.
    func beat(_ process: ProcessIdentity, _ vitals: ProcessVitals) async throws {
        try await db.execute(
            """
            insert into process_beat as old (machine, name, started_at, pid, build, took_ms,
                pool_taken, pool_max, pool_waiting, pool_oldest, held_back)
            values (\(process.machine), \(process.name), \(process.startedAt), \(process.pid),
                \(process.build), \(vitals.tookMilliseconds), \(vitals.connectionsTaken),
                \(vitals.connectionsMax), \(vitals.connectionsWaiting),
                \(vitals.oldestTransactionSeconds), \(vitals.heldBack)::uuid[])
            on conflict (machine, name, started_at) do update
            set seen_at = clock_timestamp(), took_ms = excluded.took_ms,
                pool_taken = excluded.pool_taken, pool_max = excluded.pool_max,
                pool_waiting = excluded.pool_waiting, pool_oldest = excluded.pool_oldest,
                held_back = excluded.held_back
            where old.stopped_at is null
            """)
    }

    /// Forgets all but the last lives of a process: one that dies at its start has many.
    func forgetLives(of process: ProcessIdentity) async throws {
        try await db.execute(
            """
            delete from process_beat
            where machine = \(process.machine) and name = \(process.name) and started_at < (
                select started_at from process_beat
                where machine = \(process.machine) and name = \(process.name)
                order by started_at desc offset \(Self.livesMax - 1)::int limit 1)
            """)
    }

    func stop(_ process: ProcessIdentity) async throws {
        try await db.execute(
            """
            update process_beat set stopped_at = clock_timestamp()
            where machine = \(process.machine) and name = \(process.name)
                and started_at = \(process.startedAt)
            """)
    }

    /// Forgets processes that were not heard of for a day.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from process_beat where (machine, name, started_at) in (
                select machine, name, started_at from process_beat
                where coalesce(stopped_at, seen_at) < now() - interval '1 day'
                limit \(JobStore.sweepMax)::int)
            """)
    }

    func ping() async throws { _ = try await db.query("select 1") }

    func facts() async throws -> HealthFacts {
        var facts = HealthFacts()
        let rows = try await db.batch(questions)
        facts.processes = try rows[0].decode(Self.process)
        facts.sessions = try rows[1].decode { c in
            try (open: c.next(Int64.self), max: c.next(Int64.self))
        }.first
        facts.providers = try rows[2].decode { c in
            try HealthFacts.ProviderCalls(
                id: c.next(), name: c.next(), calls: c.next(), failures: c.next(),
                tookMilliseconds: c.next())
        }
        let counts = try rows[3...5].map { try $0.decode { c in try c.next(Int.self) }.first ?? 0 }
        let ages = try rows[6...11].map { try $0.decode { c in try c.next(Int64.self) }.first }
        facts.secretsKept = try rows[12].decode { c in
            try HealthFacts.SecretsKept(
                provider: c.next(), name: c.next(), seconds: c.next())
        }
        facts.deadJobs = counts[0]
        facts.outboxSeconds = ages[0]
        facts.mail = HealthFacts.Backlog(oldestSeconds: ages[1], failed: counts[1])
        facts.webhooks = HealthFacts.Backlog(oldestSeconds: ages[2], failed: counts[2])
        facts.attemptsSeconds = ages[3]
        facts.seals = [(.ledger, ages[4], 0), (.audit, ages[5], 0)]
        return facts
    }

    private static func process(_ c: inout Columns) throws -> ProcessBeat {
        let process = try ProcessIdentity(
            machine: c.next(), name: c.next(), pid: c.next(), startedAt: c.next(), build: c.next())
        let (first, last): (Instant, Instant) = try (c.next(), c.next())
        let (silent, lived): (Int64, Int64) = try (c.next(), c.next())
        let stoppedAt: Instant? = try c.next()
        var vitals = ProcessVitals()
        vitals.tookMilliseconds = try c.next()
        vitals.connectionsTaken = try c.next()
        vitals.connectionsMax = try c.next()
        vitals.connectionsWaiting = try c.next()
        vitals.oldestTransactionSeconds = try c.next()
        vitals.heldBack = try c.next()
        return ProcessBeat(
            process: process, firstSeenAt: first, seenAt: last, silentSeconds: silent,
            livedSeconds: lived, stoppedAt: stoppedAt, vitals: vitals)
    }

    private var questions: [SQL] {
        [
            """
            select machine, name, pid, started_at, build, first_seen_at, seen_at,
                extract(epoch from clock_timestamp() - seen_at)::bigint,
                extract(epoch from seen_at - first_seen_at)::bigint, stopped_at, took_ms::bigint,
                pool_taken, pool_max, pool_waiting, pool_oldest::bigint, held_back
            from process_beat
            where coalesce(stopped_at, seen_at) > now() - interval '1 day'
            order by started_at desc limit 200
            """,
            """
            select count(*), current_setting('max_connections')::bigint
            from pg_stat_activity where pid > 0 and datname is not null
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
            """
            select id, name, extract(epoch from now() - previous_secrets_since)::bigint
            from provider_instance
            where previous_secrets_since
                < now() - \(HealthFacts.previousSecretsDaysMax)::int * interval '1 day'
            order by name, id limit 100
            """,
        ]
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
