import Postgres

/// What waits for somebody, over all tables; each part reads an index and stops early.
struct WaitingStore {
    let db: any Queryable

    func find() async throws -> WhatWaits {
        let counts = try await db.batch([
            count("select 1 from seller where state = 'submitted'"),
            count("select 1 from payment where state = 'unknown'"),
            count("select 1 from refund where state in ('pending', 'unknown')"),
            count("select 1 from payout where state in ('held', 'sent', 'unknown')"),
            count("select 1 from webhook_inbox where state = 'failed'"),
            count("select 1 from job where state = 'dead'"),
            count("select 1 from listing where state = 'blocked'"),
            count("select 1 from provider_instance where state = 'draining'"),
            count("select 1 from refund r where \(RefundListStore.failed)"),
            count(
                """
                select 1 from payment_attempt a
                join payment p on p.id = a.payment_id and p.state in ('authorized', 'captured')
                where a.kind = 'capture' and a.state = 'failed' and exists (
                    select from payment_share s join orders o on o.id = s.order_id
                    where s.payment_id = a.payment_id and s.captured = 0
                        and o.state <> 'cancelled'
                        and (a.order_id is null or a.order_id = s.order_id))
                """),
            count(
                """
                select 1 from payment_attempt where state in ('intent', 'sent', 'unknown')
                    and kind <> 'start' and created_at < now() - interval '1 hour'
                """),
            count("select 1 from payment where \(ReceiptStore.toReview)"),
            count(
                """
                select 1 from payment p
                where p.capture = 'at_delivery' and p.state = 'authorized' and exists (
                    select from payment_share s join orders o on o.id = s.order_id
                    where s.payment_id = p.id and o.state = 'delivered')
                """),
            count("select 1 from dispute_quarantine"),
        ]).map { rows in try rows.decode { c in try c.next(Int.self) }.first ?? 0 }
        return WhatWaits(
            sellersSubmitted: counts[0], paymentsUnknown: counts[1], refundsOpen: counts[2],
            refundsFailed: counts[8], payoutsOpen: counts[3], webhooksFailed: counts[4],
            jobsDead: counts[5], listingsBlocked: counts[6], providersDraining: counts[7],
            capturesRefused: counts[9], callsUnanswered: counts[10],
            moneyToLookAt: counts[11], cashUnconfirmed: counts[12], disputesUnreadable: counts[13])
    }

    private func count(_ rows: SQL) -> SQL {
        "select cardinality(array(\(rows) limit \(WhatWaits.countMax)::int))"
    }
}

extension Queryable {
    var waiting: WaitingStore { WaitingStore(db: self) }
}
