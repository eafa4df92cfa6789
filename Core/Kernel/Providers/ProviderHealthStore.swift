import Postgres
import ProviderHost
import Vocabulary

/// Every statement on how calls to providers went.
struct ProviderHealthStore: Sendable {
    let db: any Queryable

    /// Adds what one process counted to the present minute.
    func add(_ counts: [String: CallTally.Count]) async throws {
        let rows = counts.compactMap { instance, count in
            ID<ProviderInstance>(instance).map { ($0, count) }
        }.sorted { $0.0 < $1.0 }
        _ = try await db.batch([
            """
            insert into provider_health as old (instance_id, minute, calls, failures, took_ms,
                slowest_ms)
            select instance.id, date_trunc('minute', now()), calls, failures, took, slowest
            from unnest(\(rows.map(\.0))::uuid[], \(rows.map { $0.1.calls })::bigint[],
                    \(rows.map { $0.1.failures })::bigint[],
                    \(rows.map { $0.1.took.wholeMilliseconds })::bigint[],
                    \(rows.map { $0.1.slowest.wholeMilliseconds })::bigint[])
                    t(id, calls, failures, took, slowest)
                join provider_instance instance using (id)
            on conflict (instance_id, minute) do update
            set calls = old.calls + excluded.calls, failures = old.failures + excluded.failures,
                took_ms = old.took_ms + excluded.took_ms,
                slowest_ms = greatest(old.slowest_ms, excluded.slowest_ms)
            """,
            """
            delete from provider_health
            where instance_id = any(\(rows.map(\.0)))
                and minute < now() - interval '7 days'
            """,
        ])
    }

    func lastHour(of id: ID<ProviderInstance>) async throws -> ProviderHealth {
        let answers = try await db.batch([
            "select date_trunc('minute', now())",
            """
            select minute, calls::bigint, failures::bigint, took_ms, slowest_ms
            from provider_health
            where instance_id = \(id) and minute > date_trunc('minute', now()) - interval '1 hour'
            order by minute
            limit 60
            """,
        ])
        let minutes = try answers[1].decode { c in
            try ProviderHealth.Minute(
                at: c.next(), calls: c.next(), failures: c.next(), tookMilliseconds: c.next(),
                slowestMilliseconds: c.next())
        }
        let now = try answers[0].decode { c in try c.next(Instant.self) }.first
        return ProviderHealth(minutes: minutes, until: now ?? .systemNow)
    }
}

extension Queryable {
    var providerHealth: ProviderHealthStore { ProviderHealthStore(db: self) }
}
