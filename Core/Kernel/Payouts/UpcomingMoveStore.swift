import Postgres
import Vocabulary

/// What of sellers' money moves on which day; nothing here changes a row.
struct UpcomingMoveStore: Sendable {
    let db: any Queryable

    /// The nearest first; the key of a page is its last time and order.
    func list(of seller: ID<Seller>, _ page: PageRequest) async throws -> Page<UpcomingMove> {
        let key = page.after?.split(separator: "|").map(String.init) ?? []
        let at = key.count == 2 ? Instant(key[0]) : nil
        let order = key.count == 2 ? ID<Order>(key[1]) : nil
        let rows = try await db.query(
            """
            with kept as (
                select 'pending' as bucket, 'seller_pending' as kind, wallet.id as wallet_id,
                    orders.id as order_id, hold_until as at
                from wallet join orders on orders.wallet_id = wallet.id
                where wallet.seller_id = \(seller) and released_at is null
                    and hold_until is not null and not \(DisputeStore.holds("orders.id"))
                union all
                select 'reserved', 'seller_reserve', wallet.id, order_id, until
                from wallet join reserve_hold on reserve_hold.wallet_id = wallet.id
                where wallet.seller_id = \(seller) and released_at is null
                    and not \(DisputeStore.holds("reserve_hold.order_id"))
            )
            select kept.wallet_id, bucket, kept.order_id, orders.number, sums.amount,
                sums.currency, at
            from kept
            join orders on orders.id = kept.order_id
            cross join lateral (
                select sum(entry.amount)::bigint as amount, account.currency
                from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where entry.order_id = kept.order_id and account.kind = kept.kind
                group by account.currency
            ) sums
            where sums.amount > 0
                and (\(at)::timestamptz is null or (at, kept.order_id) > (\(at), \(order)::uuid))
            order by at, kept.order_id
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try UpcomingMove(
                wallet: c.next(), bucket: c.next(), order: c.next(), orderNumber: c.next(),
                amount: Money(c.next(), c.next()), at: c.next())
        }
        return Page(rows, limit: page.limit) { "\($0.at)|\($0.order)" }
    }
}

extension Queryable {
    var upcomingMoves: UpcomingMoveStore { UpcomingMoveStore(db: self) }
}
