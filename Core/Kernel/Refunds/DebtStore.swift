import Postgres
import Vocabulary

/// Something that a seller owes in one wallet, and one of its wallets that can pay it.
struct PayableDebt: Sendable {
    /// A wallet's debt or receivable.
    let kind: LedgerAccount.Kind
    /// The account that it is owed in.
    let id: Int64
    let owing: ID<Wallet>
    let paying: ID<Wallet>
    let currency: Currency
    /// The paying wallet's account of what is available, or of what is frozen.
    let available: Int64
    let isFrozen: Bool

    var account: LedgerAccount {
        kind == .sellerReceivable ? .sellerReceivable(owing) : .sellerDebt(owing)
    }
}

/// Every statement on what sellers owe us.
struct DebtStore {
    let db: any Queryable

    /// Debts before receivables, each with the wallets of its seller that have something; the
    /// owing wallet itself first. Those after `last`, all of a debt's wallets together.
    /// - Parameter limit: more are only those of the last debt.
    func payable(after last: PayableDebt?, limit: Int) async throws -> [PayableDebt] {
        try await db.query(
            """
            select kind, id, owing_id, paying_id, currency, available_id, is_frozen
            from (
            select debt.kind, debt.id, debt.wallet_id as owing_id,
                available.wallet_id as paying_id, debt.currency, available.id as available_id,
                available.kind = 'seller_frozen' as is_frozen
            from ledger_account debt
            join ledger_balance owed on owed.account_id = debt.id
            join wallet owing on owing.id = debt.wallet_id
            join wallet paying on paying.seller_id = owing.seller_id
            join ledger_account available on available.wallet_id = paying.id
                and available.currency = debt.currency
                and available.kind in ('seller_available', 'seller_frozen')
            join ledger_balance had on had.account_id = available.id
            where debt.kind in ('seller_debt', 'seller_receivable') and owed.balance < 0
                and had.balance > 0
                and (debt.kind, debt.id)
                    > (\(last?.kind.rawValue ?? "")::text, \(last?.id ?? 0)::bigint)
            order by debt.kind, debt.id
            fetch first (\(limit)::bigint) rows with ties
            ) found
            order by kind, id, paying_id <> owing_id, paying_id, available_id
            """
        ).decode { c in
            PayableDebt(
                kind: try c.next(), id: try c.next(), owing: try c.next(), paying: try c.next(),
                currency: try c.next(), available: try c.next(), isFrozen: try c.next())
        }
    }

    /// What is owed in a wallet now, at least zero; to be asked when it is locked.
    func owed(_ debt: PayableDebt) async throws -> Int64 {
        try await db.query(
            """
            select -balance from ledger_balance
            join ledger_account account on account.id = account_id
            where account.wallet_id = \(debt.owing) and account.currency = \(debt.currency)
                and account.kind = \(debt.kind)
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// Sellers with a debt, and those who owe more for direct sales than is still to be invoiced:
    /// what nobody asked for yet is not overdue. An order of which more went back than is to be
    /// invoiced lowers what is owed by itself.
    private static let owing: SQL = """
        select wallet.seller_id from ledger_account account
        join ledger_balance on ledger_balance.account_id = account.id
        join wallet on wallet.id = account.wallet_id
        where account.kind = 'seller_debt' and balance < 0
        union
        select owed.seller_id from (
            select wallet.seller_id, account.currency, -sum(balance) as amount
            from ledger_account account
            join ledger_balance on ledger_balance.account_id = account.id
            join wallet on wallet.id = account.wallet_id
            where account.kind = 'seller_receivable' and balance <> 0
            group by wallet.seller_id, account.currency
        ) owed
        cross join lateral (
            select coalesce(sum(greatest(charged.amount, 0)), 0) as amount from (
                select sum(commission + commission_vat + tax_by_platform) as amount
                from unbilled_charge waiting
                where waiting.seller_id = owed.seller_id and waiting.currency = owed.currency
                group by waiting.order_id
            ) charged
        ) unbilled
        where owed.amount > unbilled.amount
        """

    /// Sellers who owe us and did not before.
    func noteBeginning() async throws -> [ID<Seller>] {
        try await db.query(
            """
            update seller set in_debt_since = market_now()
            where id in (\(Self.owing)) and in_debt_since is null
            returning id
            """
        ).decode { c in try c.next() }
    }

    /// Sellers who owe us nothing any more.
    func noteEnd() async throws -> [ID<Seller>] {
        try await db.query(
            """
            update seller set in_debt_since = null, restricted_at = null
            where in_debt_since is not null and id not in (\(Self.owing))
            returning id
            """
        ).decode { c in try c.next() }
    }

    func restrict(afterDays days: Int) async throws -> [ID<Seller>] {
        try await db.query(
            """
            update seller set restricted_at = market_now()
            where in_debt_since <= market_now() - \(days)::int * interval '1 day'
                and restricted_at is null
            returning id
            """
        ).decode { c in try c.next() }
    }

    func isRestricted(_ seller: ID<Seller>) async throws -> Bool {
        try await !db.query(
            "select id from seller where id = \(seller) and restricted_at is not null"
        ).isEmpty
    }
}

extension Queryable {
    var debts: DebtStore { DebtStore(db: self) }
}
