import Postgres
import Vocabulary

/// Every statement on when wallets are paid out.
struct PayoutScheduleStore: Sendable {
    let db: any Queryable

    /// - Parameter minimum: nil leaves the wallet's own.
    func save(
        _ wallet: ID<Wallet>, _ currency: Currency, _ schedule: PayoutSchedule, minimum: Int64?,
        nextAt: Instant?
    ) async throws {
        try await db.execute(
            """
            insert into payout_schedule (wallet_id, currency, every, day, minimum, next_at)
            values (\(wallet), \(currency), \(schedule.every), \(schedule.day), \(minimum),
                \(nextAt))
            on conflict (wallet_id, currency) do update
            set every = excluded.every, day = excluded.day, minimum = excluded.minimum,
                next_at = excluded.next_at
            """)
    }

    /// The seller's wallets in each currency that they have earned or a schedule in.
    func list(of seller: ID<Seller>) async throws -> [ScheduledWallet] {
        let standard = PayoutSchedule.standard
        return try await db.query(
            """
            select wallet.id, used.currency, coalesce(every, \(standard.every)),
                case when every is null then \(standard.day)::smallint else day end,
                coalesce(minimum, wallet.payout_minimum), next_at
            from wallet
            cross join lateral (
                select currency from ledger_account
                where wallet_id = wallet.id and kind = 'seller_pending'
                union select currency from payout_schedule where wallet_id = wallet.id
            ) used
            left join payout_schedule schedule
                on schedule.wallet_id = wallet.id and schedule.currency = used.currency
            where wallet.seller_id = \(seller)
            order by wallet.id, used.currency
            limit \(walletsMax * 40)::int
            """
        ).decode { c in
            try ScheduledWallet(
                wallet: c.next(), currency: c.next(),
                schedule: PayoutSchedule(every: c.next(), day: c.next()), minimum: c.next(),
                nextAt: c.next())
        }
    }

    /// Whether a wallet is never paid out by itself.
    func isManual(_ wallet: ID<Wallet>, _ currency: Currency) async throws -> Bool {
        try await !db.query(
            """
            select from payout_schedule
            where wallet_id = \(wallet) and currency = \(currency)
                and every = \(PayoutSchedule.Every.manual)
            """
        ).isEmpty
    }

    /// Wallets with something available and no schedule yet get the standard one.
    /// - Returns: how many; call again until it is zero.
    func giveStandard(nextAt: Instant?, limit: Int) async throws -> Int {
        let standard = PayoutSchedule.standard
        return try await db.execute(
            """
            insert into payout_schedule (wallet_id, currency, every, day, next_at)
            select account.wallet_id, account.currency, \(standard.every),
                \(standard.day)::smallint, \(nextAt)
            from ledger_account account
            join ledger_balance on ledger_balance.account_id = account.id
            where account.kind = 'seller_available' and balance > 0
                and not exists (
                    select from payout_schedule schedule
                    where schedule.wallet_id = account.wallet_id
                        and schedule.currency = account.currency)
            order by account.id
            limit \(limit)::bigint
            on conflict do nothing
            """)
    }

    /// Those whose time has come, with the account that is paid out of, when there is one.
    func due(limit: Int) async throws -> [DueWallet] {
        try await db.query(
            """
            select schedule.wallet_id, schedule.currency, schedule.every, schedule.day, account.id
            from payout_schedule schedule
            left join ledger_account account on account.wallet_id = schedule.wallet_id
                and account.currency = schedule.currency and account.kind = 'seller_available'
            where next_at <= market_now()
            order by next_at, schedule.wallet_id
            limit \(limit)::bigint
            """
        ).decode { c in
            try DueWallet(
                wallet: c.next(), currency: c.next(),
                schedule: PayoutSchedule(every: c.next(), day: c.next()), account: c.next())
        }
    }

    func move(_ due: DueWallet, to nextAt: Instant?) async throws {
        try await db.execute(
            """
            update payout_schedule set next_at = \(nextAt)
            where wallet_id = \(due.wallet) and currency = \(due.currency)
                and next_at <= market_now() and every = \(due.schedule.every)
                and day is not distinct from \(due.schedule.day)::smallint
            """)
    }
}

extension Queryable {
    var payoutSchedules: PayoutScheduleStore { PayoutScheduleStore(db: self) }
}

/// A wallet whose day has come.
struct DueWallet: Sendable {
    let wallet: ID<Wallet>
    let currency: Currency
    let schedule: PayoutSchedule
    /// Nil when it has never had anything available.
    let account: Int64?
}
