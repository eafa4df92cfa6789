import Postgres
import Vocabulary

/// What of an order is kept in reserve.
struct ReserveHold: Sendable {
    let order: ID<Order>
    let wallet: ID<Wallet>
    let amount: Money
    /// Counted from now, by the market's clock.
    let days: Int
}

/// Every statement on what is kept in reserve.
struct ReserveStore: Sendable {
    let db: any Queryable

    func insert(_ holds: [ReserveHold]) async throws {
        if holds.isEmpty { return }
        try await db.execute(
            """
            insert into reserve_hold (order_id, wallet_id, currency, amount, until)
            select order_id, wallet_id, currency, amount, market_now() + days * interval '1 day'
            from unnest(\(holds.map(\.order))::uuid[], \(holds.map(\.wallet))::uuid[],
                \(holds.map(\.amount.currency))::text[], \(holds.map(\.amount.amount))::bigint[],
                \(holds.map(\.days))::int[]) hold(order_id, wallet_id, currency, amount, days)
            """)
    }

    /// Reserves whose time is over, locked; those with a refund under way or an open
    /// dispute wait for it.
    func lockDue(limit: Int) async throws -> [(order: ID<Order>, wallet: ID<Wallet>)] {
        try await db.query(
            """
            select order_id, wallet_id from reserve_hold
            where until <= market_now() and released_at is null
                and not exists (
                    select from refund where refund.order_id = reserve_hold.order_id
                        and refund.state in ('pending', 'unknown'))
                and not \(DisputeStore.holds("reserve_hold.order_id"))
            order by until
            limit \(limit)::bigint
            for update skip locked
            """
        ).decode { c in (order: try c.next(), wallet: try c.next()) }
    }

    /// What of these orders is still in reserve; to be asked when the wallets are locked.
    func kept(of orders: [ID<Order>]) async throws -> [PayoutItem: ID<Wallet>] {
        let rows = try await db.query(
            """
            select entry.order_id, account.wallet_id, account.currency, sum(entry.amount)::bigint
            from ledger_entry entry join ledger_account account on account.id = entry.account_id
            where entry.order_id = any(\(orders)::uuid[]) and account.kind = 'seller_reserve'
            group by entry.order_id, account.wallet_id, account.currency
            having sum(entry.amount) > 0
            """
        ).decode { c in
            let order: ID<Order> = try c.next()
            let wallet: ID<Wallet> = try c.next()
            let currency: Currency = try c.next()
            return (PayoutItem(order: order, amount: Money(try c.next(), currency)), wallet)
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    func markReleased(_ orders: [ID<Order>]) async throws {
        try await db.execute(
            """
            update reserve_hold set released_at = market_now()
            where order_id = any(\(orders)::uuid[]) and released_at is null
            """)
    }
}

extension Queryable {
    var reserves: ReserveStore { ReserveStore(db: self) }
}
