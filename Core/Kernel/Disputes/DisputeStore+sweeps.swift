import Postgres
import Vocabulary

/// When providers were asked for disputes of which nobody told us.
extension DisputeStore {
    /// Up to when all that were opened at the instance are known; nil when it was never asked.
    func askedUntil(at instance: ID<ProviderInstance>) async throws -> Instant? {
        try await db.query(
            "select asked_until from dispute_sweep where instance_id = \(instance)"
        ).decode { c in try c.next(Instant.self) }.first
    }

    func noteAsked(_ instance: ID<ProviderInstance>, until: Instant) async throws {
        try await db.execute(
            """
            insert into dispute_sweep (instance_id, asked_until) values (\(instance), \(until))
            on conflict (instance_id) do update
                set asked_until = greatest(dispute_sweep.asked_until, excluded.asked_until)
            """)
    }

    /// The provider's id of the open dispute of which it was not asked for the longest time; nil
    /// when all were within `hours`. It counts as asked from now on.
    func claimToAsk(
        at instance: ID<ProviderInstance>, notWithinHours hours: Int
    ) async throws -> String? {
        try await db.query(
            """
            insert into dispute_question (dispute_id, asked_at)
            select d.id, now() from dispute d
            left join dispute_question question on question.dispute_id = d.id
            where d.instance_id = \(instance) and d.\(Self.isOpen)
                and (question.asked_at is null
                    or question.asked_at < now() - \(hours)::bigint * interval '1 hour')
            order by question.asked_at nulls first limit 1
            on conflict (dispute_id) do update set asked_at = excluded.asked_at
            returning (select reference from dispute where id = dispute_id)
            """
        ).decode { c in try c.next(String.self) }.first
    }
}
