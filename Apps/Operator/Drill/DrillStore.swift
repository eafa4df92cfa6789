import Kernel
import Postgres
import Vocabulary

/// What a drill asks the database when all has settled, or should have.
struct DrillStore: Sendable {
    let db: Database

    /// What is still under way, in words; none when all is settled.
    func unsettled() async throws -> [String] {
        try await db.query(
            """
            select concat_ws(' ', 'attempt', a.kind, a.state, 'tries', a.tries, a.error)
            from payment_attempt a where a.state in ('intent', 'sent', 'unknown')
                -- a start that its bank never heard of is over, and is looked for a while longer
                and (a.kind <> 'start' or not exists (
                    select from payment p where p.id = a.payment_id and p.state = 'failed'))
            union all
            select concat_ws(' ', 'payment', id, state) from payment
            where state in ('created', 'requires_action', 'processing', 'unknown', 'authorized')
            union all
            select concat_ws(' ', 'refund', id, state) from refund
            where state in ('pending', 'unknown')
            union all
            select concat_ws(' ', 'payout', id, state, 'tries', tries, failure) from payout
            where state in ('held', 'sent', 'unknown')
            union all
            select concat_ws(' ', 'reversal', id, state, 'tries', tries, failure)
            from payout_reversal where state in ('intent', 'sent', 'unknown')
            union all
            select concat_ws(' ', 'payout to a bank', id, state, 'tries', tries, failure)
            from bank_payout_order where state in ('intent', 'sent', 'unknown')
            union all
            select concat_ws(' ', 'webhook', event_id) from webhook_inbox where state = 'new'
            union all
            select concat_ws(' ', 'purchase', number, state) from purchase
            where state = 'awaiting_payment'
            union all
            select concat_ws(' ', 'reservation of checkout', checkout_id) from reservation
            where state = 'held'
            union all
            select concat_ws(' ', 'job', kind, state, error) from job
            where state = 'dead' or (state <> 'done' and attempt > 0 and lane = 'payments'
                and kind not in (select name from recurring_job))
            limit 20
            """
        ).decode { c in try c.next() }
    }

    /// What happened twice, or not at all, in words.
    func doubled() async throws -> [String] {
        try await db.query(
            """
            select concat_ws(' ', 'purchase', purchase.number, 'was paid', count(*), 'times')
            from payment join purchase on purchase.id = payment.purchase_id
            where payment.state = 'captured'
            group by purchase.number having count(*) > 1
            union all
            select concat_ws(' ', 'order', orders.number, 'was given back', count(*), 'times')
            from refund join orders on orders.id = refund.order_id
            where refund.state = 'succeeded'
            group by orders.number having count(*) > 1
            union all
            select concat_ws(' ', 'order', orders.number, 'had a part called off', count(*),
                'times')
            from refund join orders on orders.id = refund.order_id
            where refund.state = 'called_off'
            group by orders.number having count(*) > 1
            union all
            select concat_ws(' ', 'payout', payout_id, 'was taken back', count(*), 'times')
            from payout_reversal where state = 'done'
            group by payout_id having count(*) > 1
            union all
            select concat_ws(' ', 'order', orders.number, 'was shipped', count(*), 'times')
            from shipment join orders on orders.id = shipment.order_id
            group by orders.number having count(*) > 1
            union all
            select concat_ws(' ', 'variant', variant_id, 'has', reserved, 'reserved')
            from stock_level where reserved <> 0
            union all
            select concat_ws(' ', 'variant', stock_level.variant_id, 'has', on_hand,
                'and its movements say', sum(delta))
            from stock_level join stock_movement moved
                on moved.variant_id = stock_level.variant_id
            group by stock_level.variant_id, on_hand having on_hand <> sum(delta)
            limit 20
            """
        ).decode { c in try c.next() }
    }

    /// Where each purchase is paid, or its reservation was released when it was cancelled:
    /// provider's id by purchase's id.
    func paidAt() async throws -> [String: String] {
        let rows = try await db.query(
            """
            select purchase_id::text, instance_id::text from payment
            where state in ('captured', 'voided') order by state
            """
        ).decode { c in (try c.next(String.self), try c.next(String.self)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// How much was undone at a provider.
    func undone(
        at instance: ID<ProviderInstance>
    ) async throws -> (released: Int, refunded: Int, cancelled: Int) {
        try await db.query(
            """
            select count(distinct payment.id) filter (where payment.state = 'voided'),
                count(distinct refund.id) filter (where refund.state = 'succeeded'),
                count(distinct orders.id) filter (where orders.state = 'cancelled')
            from payment
            join payment_share share on share.payment_id = payment.id
            join orders on orders.id = share.order_id
            left join refund on refund.payment_id = payment.id
            where payment.instance_id = \(instance)
            """
        ).decode { c in
            (
                released: try c.next(Int.self), refunded: try c.next(Int.self),
                cancelled: try c.next(Int.self)
            )
        }.first ?? (0, 0, 0)
    }

    /// How many purchases there are.
    func purchases() async throws -> Int {
        try await db.query("select count(*) from purchase").decode { c in try c.next(Int.self) }
            .first ?? 0
    }

    /// What our records say that a provider did, by its own references: minor units into our
    /// account there.
    func moved(at instance: ID<ProviderInstance>) async throws -> [String: Int64] {
        let rows = try await db.query(
            """
            select reference, captured from payment
            where instance_id = \(instance) and captured > 0
            union all
            select refund.reference, -refund.amount
            from refund join payment on payment.id = refund.payment_id
            where payment.instance_id = \(instance) and refund.state = 'succeeded'
            union all
            select reference, -amount from payout
            where instance_id = \(instance) and state = 'paid'
            """
        ).decode { c in (try c.next(String?.self) ?? "nothing", try c.next(Int64.self)) }
        return Dictionary(rows, uniquingKeysWith: +)
    }
}
