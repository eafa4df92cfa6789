import Postgres
import Vocabulary

/// A wallet that owes us and has something available.
struct IndebtedWallet: Sendable {
    let wallet: ID<Wallet>
    let currency: Currency
    /// Its account of what is available.
    let available: Int64
}

/// Every statement on what sellers owe us.
struct DebtStore {
    let db: any Queryable

    func payable(limit: Int) async throws -> [IndebtedWallet] {
        try await db.query(
            """
            select debt.wallet_id, debt.currency, available.id
            from ledger_account debt
            join ledger_balance owed on owed.account_id = debt.id
            join ledger_account available on available.wallet_id = debt.wallet_id
                and available.currency = debt.currency and available.kind = 'seller_available'
            join ledger_balance had on had.account_id = available.id
            where debt.kind = 'seller_debt' and owed.balance < 0 and had.balance > 0
            order by debt.id limit \(limit)::bigint
            """
        ).decode { c in
            IndebtedWallet(wallet: try c.next(), currency: try c.next(), available: try c.next())
        }
    }

    private static let owing: SQL = """
        select wallet.seller_id from ledger_account account
        join ledger_balance on ledger_balance.account_id = account.id
        join wallet on wallet.id = account.wallet_id
        where account.kind = 'seller_debt' and balance < 0
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
