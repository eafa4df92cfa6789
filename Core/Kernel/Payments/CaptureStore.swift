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

    /// Refused captures of shipped orders, of which none is under way.
    private static let refused: SQL = """
        select attempt.payment_id, attempt.order_id, count(*) as tries,
            max(attempt.settled_at) as at
        from payment_attempt attempt
        join payment on payment.id = attempt.payment_id
            and payment.state in ('authorized', 'captured') and payment.capture = 'at_shipment'
        join payment_share share on share.payment_id = attempt.payment_id
            and share.order_id = attempt.order_id and share.captured = 0
        join orders on orders.id = attempt.order_id
            and orders.state in ('partly_shipped', 'shipped', 'delivered')
        where attempt.kind = 'capture' and attempt.state = 'failed'
            and not exists (
                select from payment_attempt open where open.payment_id = attempt.payment_id
                    and open.kind = 'capture' and open.state in ('intent', 'sent', 'unknown')
                    and (open.order_id is null or open.order_id = attempt.order_id))
        """

    /// Shipped orders whose money was refused, and which it is time to ask for again: an hour
    /// after the first no, then each time four times as long, six times in all: over two weeks.
    func refusedDue(limit: Int) async throws -> [ID<Order>] {
        try await db.query(
            """
            \(Self.refused)
            group by attempt.payment_id, attempt.order_id
            having count(*) <= 6
                and max(attempt.settled_at) <= now() - 4 ^ (count(*) - 1) * interval '1 hour'
            order by max(attempt.settled_at)
            limit \(limit)::bigint
            """
        ).decode { c in
            _ = try c.next(ID<Payment>.self)
            return try c.next(ID<Order>.self)
        }
    }

    /// Whether the money of a shipped order was refused and may be asked for again; to be asked
    /// when its payment is locked.
    func isRefused(_ order: ID<Order>, in payment: ID<Payment>) async throws -> Bool {
        try await !db.query(
            """
            \(Self.refused) and attempt.order_id = \(order)
                and attempt.payment_id = \(payment)
            group by attempt.payment_id, attempt.order_id
            """
        ).isEmpty
    }
}

extension Queryable {
    var captures: CaptureStore { CaptureStore(db: self) }
}
