import Postgres
import Vocabulary

/// Payments that are over and still looked for, since their payers may send the money late.
extension AttemptStore {
    /// Those that hold an instance open, oldest first.
    func watched(at instance: ID<ProviderInstance>, limit: Int) async throws -> [ID<Payment>] {
        try await db.query(
            """
            select a.payment_id
            from payment_attempt a join payment p on p.id = a.payment_id
            where p.instance_id = \(instance) and a.kind = 'start'
                and a.state in ('intent', 'sent', 'unknown') and a.excused_at is null
                and p.state in ('failed', 'voided') and p.received = 0
                and p.reference is not null
            order by a.id limit \(limit)::bigint
            """
        ).decode { c in try c.next() }
    }

    /// They go on being looked for, and hold nothing open: those of which nothing came.
    /// - Returns: how many there were.
    func excuse(_ payments: [ID<Payment>]) async throws -> Int {
        try await db.execute(
            """
            update payment_attempt a set excused_at = now()
            from payment p
            where p.id = a.payment_id and p.id = any(\(payments)::uuid[]) and a.kind = 'start'
                and a.excused_at is null and p.state in ('failed', 'voided') and p.received = 0
            """)
    }
}
