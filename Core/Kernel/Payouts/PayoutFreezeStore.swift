import Postgres
import Vocabulary

/// Every statement on frozen payouts.
struct PayoutFreezeStore: Sendable {
    let db: any Queryable

    func insert(_ seller: ID<Seller>, reason: String, by admin: ID<Account>) async throws {
        try await db.execute(
            """
            insert into payout_freeze (id, seller_id, reason, frozen_by)
            values (\(ID<PayoutFreeze>()), \(seller), \(reason), \(admin))
            """)
    }

    /// The market's own freeze, by nobody; false when the seller's payouts are frozen already.
    func insertUnlessFrozen(_ seller: ID<Seller>, reason: String) async throws -> Bool {
        try await db.execute(
            """
            insert into payout_freeze (id, seller_id, reason)
            values (\(ID<PayoutFreeze>()), \(seller), \(reason))
            on conflict (seller_id) where lifted_at is null do nothing
            """) == 1
    }

    /// False when nothing is frozen.
    func lift(_ seller: ID<Seller>, by admin: ID<Account>) async throws -> Bool {
        try await db.execute(
            """
            update payout_freeze set lifted_by = \(admin), lifted_at = market_now()
            where seller_id = \(seller) and lifted_at is null
            """) == 1
    }

    /// The seller's newest freeze and whether it is in force, locked.
    func lockNewest(
        of seller: ID<Seller>
    ) async throws -> (id: ID<PayoutFreeze>, isInForce: Bool)? {
        try await db.query(
            """
            select id, lifted_at is null from payout_freeze
            where seller_id = \(seller) order by frozen_at desc, id desc limit 1
            for no key update
            """
        ).decode { c in
            (id: try c.next(ID<PayoutFreeze>.self), isInForce: try c.next(Bool.self))
        }.first
    }

    /// Accounts after `last` whose money lies on the wrong side of a freeze; of one seller, or of
    /// all.
    func unsettled(
        of seller: ID<Seller>?, after last: Int64, limit: Int
    ) async throws -> [FreezableAccount] {
        let ofSeller: SQL = seller.map { "wallet.seller_id = \($0)" } ?? "true"
        return try await db.query(
            """
            (select account.id as account_id, wallet.id as wallet_id, wallet.seller_id,
                account.currency, false as is_frozen
            from payout_freeze
            join wallet on wallet.seller_id = payout_freeze.seller_id
            join ledger_account account on account.wallet_id = wallet.id
            join ledger_balance on ledger_balance.account_id = account.id
            where lifted_at is null and account.kind = 'seller_available' and balance > 0
                and account.id > \(last) and \(ofSeller)
            order by account.id limit \(limit)::bigint)
            union all
            (select account.id, wallet.id, wallet.seller_id, account.currency, true
            from ledger_account account
            join ledger_balance on ledger_balance.account_id = account.id
            join wallet on wallet.id = account.wallet_id
            where account.kind = 'seller_frozen' and balance > 0
                and account.id > \(last) and \(ofSeller)
                and not exists (
                    select from payout_freeze
                    where payout_freeze.seller_id = wallet.seller_id and lifted_at is null)
            order by account.id limit \(limit)::bigint)
            order by account_id limit \(limit)::bigint
            """
        ).decode { c in
            try FreezableAccount(
                account: c.next(), wallet: c.next(), seller: c.next(), currency: c.next(),
                isFrozen: c.next())
        }
    }

    /// What lies there of each order; to be asked when the wallet is locked.
    func items(in account: FreezableAccount) async throws -> [PayoutItem] {
        try await db.query(
            """
            select order_id, balance from ledger_order_balance
            where account_id = \(account.account) and balance > 0
            order by order_id limit \(FreezableAccount.ordersMax)::bigint
            """
        ).decode { c in
            PayoutItem(order: try c.next(), amount: Money(try c.next(), account.currency))
        }
    }

    func countMove(of id: ID<PayoutFreeze>) async throws -> Int {
        try await db.query(
            "update payout_freeze set moves = moves + 1 where id = \(id) returning moves"
        ).decode { c in try c.next(Int.self) }.first ?? 0
    }

    func find(_ seller: ID<Seller>) async throws -> PayoutFreeze? {
        try await db.query(
            """
            select seller_id, reason, frozen_by, frozen_at from payout_freeze
            where seller_id = \(seller) and lifted_at is null
            """
        ).decode { c in
            try PayoutFreeze(
                seller: c.next(), reason: c.next(), frozenBy: c.next(), frozenAt: c.next())
        }.first
    }
}

/// A seller's account of what is available or of what is frozen, in one currency.
struct FreezableAccount: Sendable {
    /// Two lines of a posting for each.
    static let ordersMax = 200

    let account: Int64
    let wallet: ID<Wallet>
    let seller: ID<Seller>
    let currency: Currency
    let isFrozen: Bool
}

extension Queryable {
    var payoutFreezes: PayoutFreezeStore { PayoutFreezeStore(db: self) }
}
