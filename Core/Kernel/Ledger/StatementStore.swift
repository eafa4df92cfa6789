import Postgres
import Vocabulary

/// Every statement on what a seller's statement shows.
struct StatementStore {
    let db: any Queryable

    /// What a seller was owed before an instant, in all wallets and wherever it was.
    func owed(
        to seller: ID<Seller>, _ currency: Currency, before instant: Instant
    ) async throws -> Money {
        let sums = try await db.query(
            """
            select coalesce(sum(entry.amount), 0)::bigint
            from wallet
            join ledger_account account on account.wallet_id = wallet.id
            join ledger_entry entry on entry.account_id = account.id
            join ledger_transaction posting on posting.id = entry.transaction_id
            where wallet.seller_id = \(seller) and account.currency = \(currency)
                and posting.booked_at < \(instant)
            """
        ).decode { c in try c.next(Int64.self) }
        return Money(sums.first ?? 0, currency)
    }

    /// What changed it, oldest first. Money that only moves between a seller's own accounts, such
    /// as a release, is no line.
    func lines(
        of seller: ID<Seller>, _ currency: Currency, from: Instant, until: Instant,
        _ page: PageRequest
    ) async throws -> Page<StatementLine> {
        let after = page.after.flatMap { Int64($0) } ?? 0
        let rows = try await db.query(
            """
            with changed as materialized (
                select entry.transaction_id, sum(entry.amount)::bigint as net,
                    min(entry.order_id::text)::uuid as order_id
                from wallet
                join ledger_account account on account.wallet_id = wallet.id
                join ledger_entry entry on entry.account_id = account.id
                where wallet.seller_id = \(seller) and account.currency = \(currency)
                    and entry.transaction_id > \(after)
                group by entry.transaction_id having sum(entry.amount) <> 0
            )
            select posting.id, posting.booked_at, posting.kind, changed.order_id, orders.number,
                case when posting.kind in ('payout_post', 'payout_return')
                    then split_part(posting.key, ':', 2)::uuid end,
                other.gross, other.commission, other.tax, changed.net
            from changed
            join ledger_transaction posting on posting.id = changed.transaction_id
            left join orders on orders.id = changed.order_id
            cross join lateral (
                select
                    coalesce(-sum(amount) filter (
                        where account.kind in (
                            'provider_clearing', 'suspense', 'goodwill', 'dispute_losses')
                    ), 0)::bigint
                        as gross,
                    coalesce(-sum(amount) filter (
                        where account.kind in ('commission', 'commission_vat')), 0)::bigint
                        as commission,
                    coalesce(-sum(amount) filter (
                        where account.kind = 'tax_payable'), 0)::bigint as tax
                from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where entry.transaction_id = posting.id
            ) other
            where posting.booked_at >= \(from) and posting.booked_at < \(until)
            order by posting.id
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try StatementLine(
                id: c.next(), at: c.next(), kind: c.next(), order: c.next(),
                orderNumber: c.next(), payout: c.next(), gross: Money(c.next(), currency),
                commission: Money(c.next(), currency), taxByPlatform: Money(c.next(), currency),
                net: Money(c.next(), currency))
        }
        return Page(rows, limit: page.limit) { String($0.id) }
    }
}
