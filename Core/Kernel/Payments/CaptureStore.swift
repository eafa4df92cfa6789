import Postgres
import Vocabulary

/// What decides how an order's share is taken or released.
struct CaptureStore {
    let db: any Queryable

    /// Whether nothing of the authorization will be asked for after this capture. Decided at the
    /// first try and kept: a provider refuses a key that comes with another request.
    func decideLast(_ attempt: PaymentAttempt) async throws -> Bool {
        try await db.query(
            """
            update payment_attempt a set is_final = coalesce(a.is_final, a.order_id is null
                or not exists (
                    select from payment_share s join orders o on o.id = s.order_id
                    where s.payment_id = a.payment_id and s.order_id <> a.order_id
                        and s.captured = 0 and s.amount > 0 and o.state <> 'cancelled'))
            where a.id = \(attempt.id)
            returning is_final
            """
        ).decode { c in try c.next(Bool.self) }.first ?? false
    }

    /// What of a payment is booked as captured, and what is being captured besides `attempt`.
    func sums(besides attempt: PaymentAttempt) async throws -> (booked: Int64, underWay: Int64) {
        let sums = try await db.query(
            """
            select
                (select coalesce(sum(captured), 0)::bigint from payment_share
                    where payment_id = \(attempt.payment)),
                (select coalesce(sum(amount), 0)::bigint from payment_attempt
                    where payment_id = \(attempt.payment) and kind = 'capture'
                        and state in ('intent', 'sent', 'unknown') and id <> \(attempt.id))
            """
        ).decode { c in (try c.next(Int64.self), try c.next(Int64.self)) }
        return sums.first ?? (0, 0)
    }
}

extension Queryable {
    var captures: CaptureStore { CaptureStore(db: self) }
}
