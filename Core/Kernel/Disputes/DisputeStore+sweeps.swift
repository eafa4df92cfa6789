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

    /// The provider's id of the open dispute whose turn is the longest ago; nil when it is none's.
    /// Until ``noteAnswered(_:at:againInHours:)`` it counts as unanswered, also when this process
    /// dies: see ``SQL/nextTurn(after:within:)``.
    /// - Parameter hours: no turn is later than that.
    func claimToAsk(
        at instance: ID<ProviderInstance>, againInHours hours: Int
    ) async throws -> String? {
        let unanswered: SQL = "coalesce(question.unanswered, 0)"
        return try await db.query(
            """
            insert into dispute_question (dispute_id, due_at, unanswered)
            select d.id, now() + \(SQL.nextTurn(after: unanswered, within: hours)),
                \(SQL.oneMore(than: unanswered))
            from dispute d left join dispute_question question on question.dispute_id = d.id
            where d.instance_id = \(instance) and d.\(Self.isOpen)
                and (question.due_at is null or question.due_at < now())
            order by question.due_at nulls first limit 1
            on conflict (dispute_id) do update
                set due_at = excluded.due_at, unanswered = excluded.unanswered
            returning (select reference from dispute where id = dispute_id)
            """
        ).decode { c in try c.next(String.self) }.first
    }

    /// The provider said how it stands, or that it cannot be read: it need not be asked again for
    /// `hours`.
    func noteAnswered(
        _ reference: String, at instance: ID<ProviderInstance>, againInHours hours: Int
    ) async throws {
        try await db.execute(
            """
            update dispute_question
            set due_at = now() + \(hours)::bigint * interval '1 hour', unanswered = 0
            where dispute_id = (
                select id from dispute
                where instance_id = \(instance) and reference = \(reference))
            """)
        try await db.execute(
            """
            update dispute_quarantine
            set due_at = now() + \(hours)::bigint * interval '1 hour', unanswered = 0
            where instance_id = \(instance) and reference = \(reference)
            """)
    }
}
