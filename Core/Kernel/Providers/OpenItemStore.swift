import Postgres
import Vocabulary

/// Every statement on what an instance made and is not settled. The tables are others'; whether a
/// provider can be retired is asked here only.
struct OpenItemStore: Sendable {
    let db: any Queryable

    /// What is not settled, by kind; kinds with nothing are left out.
    func count(_ id: ID<ProviderInstance>) async throws -> [OpenItems] {
        let kinds = OpenItems.Kind.allCases
        let limit: SQL = "limit \(OpenItems.countMax)::bigint"
        let counts = try await db.batch(
            kinds.map { kind in
                "select count(*) from (\(Self.items(id, kind, after: nil)) \(limit)) as item"
            })
        return try zip(kinds, counts).compactMap { kind, rows in
            let count = try rows.decode { c in try c.next(Int.self) }.first ?? 0
            return count > 0 ? OpenItems(kind: kind, count: count) : nil
        }
    }

    func list(
        _ id: ID<ProviderInstance>, _ kind: OpenItems.Kind, _ page: PageRequest
    ) async throws -> Page<OpenItem> {
        let items = try await db.query(
            """
            \(Self.items(id, kind, after: page.after))
            order by 1
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try OpenItem(kind: kind, id: c.next(), state: c.next(), since: c.next())
        }
        return Page(items, limit: page.limit, key: \.id)
    }

    /// Id, state and time of what is open, after the id `after`. Texts of UUIDs sort as they do.
    private static func items(
        _ id: ID<ProviderInstance>, _ kind: OpenItems.Kind, after: String?
    ) -> SQL {
        let after = after ?? ""
        switch kind {
        case .payment:
            return """
                select id::text, state, created_at from payment
                where instance_id = \(id) and id::text > \(after) and state in
                    ('created', 'requires_action', 'processing', 'unknown', 'authorized')
                """
        case .call:
            return """
                select attempt.id::text, attempt.state, attempt.created_at
                from payment_attempt attempt join payment on payment.id = attempt.payment_id
                where payment.instance_id = \(id) and attempt.id::text > \(after)
                    and attempt.state in ('intent', 'sent', 'unknown')
                    and attempt.excused_at is null
                """
        case .refund:
            return """
                select refund.id::text, refund.state, refund.requested_at
                from refund join payment on payment.id = refund.payment_id
                    join payment_share share on share.payment_id = refund.payment_id
                        and share.order_id = refund.order_id
                where payment.instance_id = \(id) and refund.id::text > \(after)
                    and (refund.state in ('pending', 'unknown')
                        or refund.state = 'failed' and refund.kind = 'stray' and share.captured
                            - share.refunded - share.refund_claimed >= refund.amount)
                """
        case .capture:
            return """
                select orders.id::text, orders.state, orders.placed_at
                from payment
                    join payment_share share on share.payment_id = payment.id
                    join orders on orders.id = share.order_id
                where payment.instance_id = \(id) and orders.id::text > \(after)
                    and payment.state in ('authorized', 'captured')
                    and share.captured < share.amount - share.called_off
                    and orders.state <> 'cancelled'
                """
        case .payout: return payouts(id, after: after)
        case .earning: return earnings(id, after: after)
        case .dispute:
            return """
                select id::text, status, opened_at from dispute
                where instance_id = \(id) and id::text > \(after)
                    and status in ('inquiry', 'needs_response', 'under_review')
                """
        case .webhook:
            return """
                select event_id, state, received_at from webhook_inbox
                where instance_id = \(id) and event_id > \(after) and state in ('new', 'failed')
                """
        }
    }

    /// Payouts, and those that are being taken back.
    private static func payouts(_ id: ID<ProviderInstance>, after: String) -> SQL {
        """
        select id::text, state, created_at from payout
        where instance_id = \(id) and id::text > \(after)
            and state in ('held', 'sent', 'unknown')
        union all
        select reversal.id::text, reversal.state, reversal.requested_at
        from payout_reversal reversal join payout on payout.id = reversal.payout_id
        where payout.instance_id = \(id) and reversal.id::text > \(after)
            and reversal.state in ('intent', 'sent', 'unknown')
        """
    }

    /// Orders of which the books still hold something for their sellers. What a lost dispute took
    /// back is paid to nobody, nor is what paid a seller's debt; most orders are told by their
    /// rows. One that was paid may have a part in reserve, or have got something back since.
    private static func earnings(_ id: ID<ProviderInstance>, after: String) -> SQL {
        """
        select orders.id::text, orders.state, orders.placed_at
        from payment
            join payment_share share on share.payment_id = payment.id
            join orders on orders.id = share.order_id
        where payment.instance_id = \(id) and orders.id::text > \(after)
            and share.captured > share.refunded and orders.state <> 'cancelled'
            and not payment.is_direct
            and (not exists (
                    select from payout_item item join payout on payout.id = item.payout_id
                    where item.order_id = orders.id and item.voided_at is null
                        and payout.state = 'paid')
                or exists (
                    select from reserve_hold hold
                    where hold.order_id = orders.id and hold.released_at is null)
                or exists (
                    select from ledger_account account
                        join ledger_order_balance kept on kept.account_id = account.id
                            and kept.order_id = orders.id and kept.balance > 0
                    where account.wallet_id = orders.wallet_id
                        and account.kind in ('seller_available', 'seller_frozen')))
            and (
                select coalesce(sum(entry.amount), 0)
                from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where entry.order_id = orders.id and account.kind in ('seller_pending',
                    'seller_available', 'seller_frozen', 'seller_reserve', 'seller_paying')) > 0
        """
    }
}

extension Queryable {
    var openItems: OpenItemStore { OpenItemStore(db: self) }
}
