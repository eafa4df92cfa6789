import Postgres
import Vocabulary

/// Every statement on what a month's statement shows.
struct MonthStatementStore: Sendable {
    let db: any Queryable

    func ranges(of seller: ID<Seller>, until last: StatementMonth) async throws -> [StatementRange]
    {
        let rows = try await db.query(
            """
            select wallet.id, wallet.label, account.currency, min(first.booked_at)
            from wallet
            join ledger_account account on account.wallet_id = wallet.id
            cross join lateral (
                select posting.booked_at
                from ledger_entry entry
                join ledger_transaction posting on posting.id = entry.transaction_id
                where entry.account_id = account.id
                order by entry.xid, entry.transaction_id limit 1
            ) first
            where wallet.seller_id = \(seller)
            group by wallet.id, account.currency
            order by wallet.id, account.currency
            limit \(walletsMax * 40)::int
            """
        ).decode { c in
            (
                try c.next(ID<Wallet>.self), try c.next(String.self), try c.next(Currency.self),
                try c.next(Instant.self)
            )
        }
        return rows.map { wallet, label, currency, since in
            StatementRange(
                wallet: wallet, walletLabel: label, currency: currency,
                first: StatementMonth(of: since), last: last)
        }
    }

    /// What was owed when a month began, and what of it was in reserve, in minor units.
    func owed(
        in wallet: ID<Wallet>, _ currency: Currency, before month: StatementMonth
    ) async throws -> (all: Int64, reserved: Int64) {
        try await db.query(
            """
            select coalesce(sum(held.balance), 0)::bigint,
                coalesce(sum(held.balance) filter (
                    where account.kind = 'seller_reserve'), 0)::bigint
            from ledger_account account
            cross join lateral (
                select ledger_balance_before(account.id, \(month.firstDay)::date) as balance
            ) held
            where account.wallet_id = \(wallet) and account.currency = \(currency)
            """
        ).decode { c in (all: try c.next(Int64.self), reserved: try c.next(Int64.self)) }.first
            ?? (all: 0, reserved: 0)
    }

    /// Put into and taken out of the reserve in a month, in minor units.
    func reserve(
        of wallet: ID<Wallet>, _ currency: Currency, _ month: StatementMonth
    ) async throws -> (kept: Int64, released: Int64) {
        try await db.query(
            """
            select coalesce(sum(entry.amount) filter (where entry.amount > 0), 0)::bigint,
                coalesce(sum(entry.amount) filter (where entry.amount < 0), 0)::bigint
            from ledger_account account
            join ledger_month_entry entry on entry.account_id = account.id
                and entry.month = \(month.firstDay)::date
            where account.wallet_id = \(wallet) and account.currency = \(currency)
                and account.kind = 'seller_reserve'
            """
        ).decode { c in (kept: try c.next(Int64.self), released: try c.next(Int64.self)) }.first
            ?? (kept: 0, released: 0)
    }

    /// What each cause changed in a month. What is neither fee nor tax is gross, by subtraction,
    /// so that the columns always add up to what changed.
    func sums(
        of wallet: ID<Wallet>, _ currency: Currency, _ month: StatementMonth
    ) async throws -> StatementSums {
        let rows = try await db.query(
            """
            with line as (\(Self.lines(of: wallet, currency, month, after: 0)))
            select kind, sum(net - fee - fee_vat - tax)::bigint, sum(fee)::bigint,
                sum(fee_vat)::bigint, sum(tax)::bigint, sum(\(Self.sellerTax))::bigint
            from line left join orders on orders.id = line.order_id group by kind
            """
        ).decode { c in
            (
                kind: try c.next(Posting.Kind.self), gross: try c.next(Int64.self),
                fee: try c.next(Int64.self), vat: try c.next(Int64.self),
                tax: try c.next(Int64.self), sellerTax: try c.next(Int64.self)
            )
        }
        func sum(_ amounts: [Int64]) throws -> Money {
            try Money.sum(amounts.map { Money($0, currency) }, currency)
        }
        func gross(_ kinds: Set<Posting.Kind>) throws -> Money {
            try sum(rows.filter { kinds.contains($0.kind) }.map(\.gross))
        }
        let named: Set<Posting.Kind> = [.sale, .refund, .payoutPost, .payoutReturn]
        return StatementSums(
            sales: try gross([.sale]), refunds: try gross([.refund]),
            fees: try sum(rows.map(\.fee)), feeVAT: try sum(rows.map(\.vat)),
            tax: try sum(rows.map(\.tax)), payouts: try gross([.payoutPost, .payoutReturn]),
            other: try sum(rows.filter { !named.contains($0.kind) }.map(\.gross)),
            sellerTax: try sum(rows.map(\.sellerTax)))
    }

    func lines(
        of wallet: ID<Wallet>, _ currency: Currency, _ month: StatementMonth, _ page: PageRequest
    ) async throws -> Page<MonthLine> {
        let rows = try await lines(
            of: wallet, currency, month, after: page.afterNumber ?? 0, limit: page.limit + 1)
        return Page(rows, limit: page.limit) { String($0.id) }
    }

    /// Oldest first, by the order in which they were posted.
    func lines(
        of wallet: ID<Wallet>, _ currency: Currency, _ month: StatementMonth, after: Int64,
        limit: Int
    ) async throws -> [MonthLine] {
        try await db.query(
            """
            with line as (
                \(Self.lines(of: wallet, currency, month, after: after))
                order by id limit \(limit)::bigint
            )
            select line.id, booked_at, kind, order_id, orders.number,
                case when kind in ('payout_post', 'payout_return')
                    then split_part(key, ':', 2)::uuid end,
                net - fee - fee_vat - tax, fee, fee_vat, tax, net, \(Self.sellerTax)
            from line left join orders on orders.id = line.order_id
            order by line.id
            """
        ).decode { c in
            try MonthLine(
                id: c.next(), at: c.next(), kind: c.next(), order: c.next(),
                orderNumber: c.next(), payout: c.next(), gross: Money(c.next(), currency),
                fee: Money(c.next(), currency), feeVAT: Money(c.next(), currency),
                tax: Money(c.next(), currency), net: Money(c.next(), currency),
                sellerTax: Money(c.next(), currency))
        }
    }

    /// The seller's own tax in a line's order: all of it in a sale; in a refund what all refunds
    /// up to this one return, less what those before it did, so that rounding adds up. Goodwill
    /// of the market lowers no price.
    private static let sellerTax: SQL = """
        coalesce(case line.kind
            when 'sale' then orders.tax_total + orders.tax_included - orders.tax_by_platform
            when 'refund' then (
                select div((orders.tax_total + orders.tax_included - orders.tax_by_platform)
                        * coalesce(sum(gone.amount) filter (where gone.id < line.id), 0),
                        greatest(orders.total, 1))
                    - div((orders.tax_total + orders.tax_included - orders.tax_by_platform)
                        * coalesce(sum(gone.amount), 0), greatest(orders.total, 1))
                from (
                    select booked.id, case when booked.key like 'refund-return:%' then -1 else 1 end
                        * (refund.amount - refund.goodwill)::numeric as amount
                    from refund join ledger_transaction booked on booked.key in (
                        'refund:' || refund.id, 'refund-return:' || refund.id)
                    where refund.order_id = orders.id and booked.id <= line.id
                ) gone)
            end, 0)::bigint
        """

    /// What changed what is owed in a month: a row for each posting. Money that only moves between
    /// the wallet's own accounts, such as a release, is none.
    private static func lines(
        of wallet: ID<Wallet>, _ currency: Currency, _ month: StatementMonth, after: Int64
    ) -> SQL {
        """
        select posting.id, posting.booked_at, posting.kind, posting.key, changed.order_id,
            changed.net, other.fee, other.fee_vat, other.tax
        from (
            select entry.transaction_id, sum(entry.amount)::bigint as net,
                min(entry.order_id::text)::uuid as order_id
            from ledger_account account
            join ledger_month_entry entry on entry.account_id = account.id
                and entry.month = \(month.firstDay)::date
            where account.wallet_id = \(wallet) and account.currency = \(currency)
                and entry.transaction_id > \(after)
            group by entry.transaction_id having sum(entry.amount) <> 0
        ) changed
        join ledger_transaction posting on posting.id = changed.transaction_id
        cross join lateral (
            select
                coalesce(-sum(amount) filter (where account.kind = 'commission'), 0)::bigint
                    as fee,
                coalesce(-sum(amount) filter (where account.kind = 'commission_vat'), 0)::bigint
                    as fee_vat,
                coalesce(-sum(amount) filter (where account.kind = 'tax_payable'), 0)::bigint
                    as tax
            from ledger_entry entry join ledger_account account on account.id = entry.account_id
            where entry.transaction_id = posting.id
        ) other
        """
    }
}

extension Queryable {
    var monthStatements: MonthStatementStore { MonthStatementStore(db: self) }
}

extension Transaction {
    /// A statement whose lines come from `lines`; everything is of the same moment.
    func monthStatement(
        of seller: ID<Seller>, _ wallet: ID<Wallet>, _ currency: Currency, _ month: StatementMonth,
        _ lines: (MonthStatementStore) async throws -> Page<MonthLine>
    ) async throws -> MonthStatement {
        let now = try await clock.now()
        guard let owner = try await sellers.find(seller),
            let found = try await wallets.find(wallet, of: seller),
            month <= StatementMonth(of: now)
        else { throw StatementRefusal.unknown }
        let store = monthStatements
        let opening = try await store.owed(in: wallet, currency, before: month)
        let closing = try await store.owed(in: wallet, currency, before: month.next)
        let reserve = try await store.reserve(of: wallet, currency, month)
        return MonthStatement(
            seller: owner, wallet: found, currency: currency, month: month,
            isClosed: now >= month.end, opening: Money(opening.all, currency),
            closing: Money(closing.all, currency),
            sums: try await store.sums(of: wallet, currency, month),
            reserve: ReserveMovement(
                opening: Money(opening.reserved, currency), kept: Money(reserve.kept, currency),
                released: Money(reserve.released, currency),
                closing: Money(closing.reserved, currency)), lines: try await lines(store))
    }
}
