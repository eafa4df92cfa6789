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

    /// What of a payment is booked as captured, and what is being captured.
    func sums(of payment: ID<Payment>) async throws -> CaptureSums {
        let age = Marketplace.forgottenAge.wholeMilliseconds
        let rows = try await db.query(
            """
            select s.booked, a.id, a.amount, a.is_forgotten, a.is_booked
            from (
                select coalesce(sum(captured), 0)::bigint as booked from payment_share
                where payment_id = \(payment)
            ) s left join lateral (
                select id, amount, tries > 1 and first_sent_at
                    < now() - \(age)::bigint * interval '1 millisecond' as is_forgotten,
                    exists (
                        select from payment_share p
                        where p.payment_id = t.payment_id and p.captured > 0
                            and (t.order_id is null or p.order_id = t.order_id)) as is_booked
                from payment_attempt t
                where t.payment_id = \(payment) and t.kind = 'capture'
                    and t.state in ('intent', 'sent', 'unknown')
            ) a on true
            order by a.id
            """
        ).decode { c in
            (
                booked: try c.next(Int64.self), id: try c.next(ID<PaymentAttempt>?.self),
                amount: try c.next(Int64?.self), isForgotten: try c.next(Bool?.self),
                isBooked: try c.next(Bool?.self)
            )
        }
        return CaptureSums(
            booked: rows.first?.booked ?? 0,
            open: rows.compactMap { row in
                guard let id = row.id, let amount = row.amount else { return nil }
                return CaptureSums.Open(
                    id: id, amount: amount, isForgotten: row.isForgotten ?? false,
                    isBooked: row.isBooked ?? false)
            })
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
