import Postgres
import Vocabulary

/// Every statement on what a seller's statement shows. Reads the entries of the months that are
/// asked for, never those before.
struct StatementStore {
    let db: any Queryable

    /// Of its month; of the first or last one that anybody can ask for, when it is out of these.
    private static func firstDay(of instant: Instant) -> String {
        let last = Instant(secondsSince1970: 253_370_764_800)
        return StatementMonth(of: min(max(instant, Instant(secondsSince1970: 0)), last)).firstDay
    }

    /// What a seller was owed before an instant, in all wallets and wherever it was.
    func owed(
        to seller: ID<Seller>, _ currency: Currency, before instant: Instant
    ) async throws -> Money {
        let month = Self.firstDay(of: instant)
        let sums = try await db.query(
            """
            select coalesce(sum(ledger_balance_before(account.id, \(month)::date)
                + coalesce(since.amount, 0)), 0)::bigint
            from wallet
            join ledger_account account on account.wallet_id = wallet.id
            cross join lateral (
                select sum(entry.amount) as amount from ledger_month_entry entry
                where entry.account_id = account.id and entry.month = \(month)::date
                    and entry.booked_at < \(instant)
            ) since
            where wallet.seller_id = \(seller) and account.currency = \(currency)
            """
        ).decode { c in try c.next(Int64.self) }
        return Money(sums.first ?? 0, currency)
    }

    /// What changed it, oldest first: month by month, and within one as it was posted. Money that
    /// only moves between a seller's own accounts, such as a release, is no line.
    func lines(
        of seller: ID<Seller>, _ currency: Currency, from: Instant, until: Instant,
        _ page: PageRequest
    ) async throws -> Page<StatementLine> {
        var after = page.after.flatMap { Int64($0) } ?? 0
        var lines: [StatementLine] = []
        let start = try await booked(after).map { max($0, from) } ?? from
        for month in try await months(of: seller, currency, from: start, until: until)
        where lines.count <= page.limit {
            lines += try await self.lines(
                of: seller, currency, in: month, from: from, until: until, after: after,
                limit: page.limit + 1 - lines.count)
            after = 0
        }
        return Page(lines, limit: page.limit) { String($0.id) }
    }

    /// When the last line of the page before was booked.
    private func booked(_ transaction: Int64) async throws -> Instant? {
        try await db.query("select booked_at from ledger_transaction where id = \(transaction)")
            .decode { c in try c.next(Instant.self) }.first
    }

    /// The first days of the months in which something was booked, oldest first.
    private func months(
        of seller: ID<Seller>, _ currency: Currency, from: Instant, until: Instant
    ) async throws -> [String] {
        try await db.query(
            """
            select distinct kept.month::text as month
            from wallet
            join ledger_account account on account.wallet_id = wallet.id
            join ledger_month kept on kept.account_id = account.id
            where wallet.seller_id = \(seller) and account.currency = \(currency)
                and kept.month >= \(Self.firstDay(of: from))::date
                and kept.month <= \(Self.firstDay(of: until))::date
            order by month
            """
        ).decode { c in try c.next() }
    }

    private func lines(
        of seller: ID<Seller>, _ currency: Currency, in month: String, from: Instant,
        until: Instant, after: Int64, limit: Int
    ) async throws -> [StatementLine] {
        try await db.query(
            """
            with changed as materialized (
                select entry.transaction_id, sum(entry.amount)::bigint as net,
                    min(entry.order_id::text)::uuid as order_id
                from wallet
                join ledger_account account on account.wallet_id = wallet.id
                join ledger_month_entry entry on entry.account_id = account.id
                    and entry.month = \(month)::date
                where wallet.seller_id = \(seller) and account.currency = \(currency)
                    and entry.transaction_id > \(after)
                    and entry.booked_at >= \(from) and entry.booked_at < \(until)
                group by entry.transaction_id having sum(entry.amount) <> 0
                order by entry.transaction_id
                limit \(limit)::bigint
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
            order by posting.id
            """
        ).decode { c in
            try StatementLine(
                id: c.next(), at: c.next(), kind: c.next(), order: c.next(),
                orderNumber: c.next(), payout: c.next(), gross: Money(c.next(), currency),
                commission: Money(c.next(), currency), taxByPlatform: Money(c.next(), currency),
                net: Money(c.next(), currency))
        }
    }
}
