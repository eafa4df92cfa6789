import Postgres
import Vocabulary

/// Every statement on payouts and what they are made of.
struct PayoutStore: Sendable {
    let db: any Queryable

    /// Delivered orders whose hold is over, locked; those with a refund or a capture under way,
    /// whose money was refused and may be asked for again, or with an open dispute, wait for it,
    /// since what was released is never looked at again.
    func lockHeldOrders(limit: Int) async throws -> [(order: ID<Order>, wallet: ID<Wallet>)] {
        try await db.query(
            """
            select id, wallet_id from orders
            where hold_until <= market_now() and released_at is null and hold_until is not null
                and not exists (
                    select from refund
                    where refund.order_id = orders.id and refund.state in ('pending', 'unknown'))
                and not \(DisputeStore.holds("orders.id"))
                and not exists (
                    select from payment_share share
                    join payment_attempt attempt on attempt.payment_id = share.payment_id
                    where share.order_id = orders.id and attempt.kind = 'capture'
                        and attempt.state in ('intent', 'sent', 'unknown')
                        and (attempt.order_id = orders.id or attempt.order_id is null))
                and not exists (
                    select from payment_share share
                    join payment on payment.id = share.payment_id
                        and payment.state in ('authorized', 'captured') and not payment.is_direct
                    where share.order_id = orders.id and share.captured = 0
                        and share.amount > share.called_off)
            order by hold_until
            limit \(limit)::bigint
            for update skip locked
            """
        ).decode { c in (order: try c.next(), wallet: try c.next()) }
    }

    /// What of these orders is pending, and what of it the seller's policy keeps in reserve; to be
    /// asked when they are locked.
    func pending(of orders: [ID<Order>]) async throws -> [ReleasableOrder] {
        try await db.query(
            """
            select entry.order_id, account.wallet_id, account.currency, sum(entry.amount)::bigint,
                seller.reserve_ppm, seller.reserve_days
            from ledger_entry entry
            join ledger_account account on account.id = entry.account_id
            join wallet on wallet.id = account.wallet_id
            join seller on seller.id = wallet.seller_id
            where entry.order_id = any(\(orders)::uuid[]) and account.kind = 'seller_pending'
            group by entry.order_id, account.wallet_id, account.currency, seller.id
            having sum(entry.amount) > 0
            order by account.wallet_id, entry.order_id
            """
        ).decode { c in
            let order: ID<Order> = try c.next()
            let wallet: ID<Wallet> = try c.next()
            let currency: Currency = try c.next()
            return ReleasableOrder(
                order: order, wallet: wallet, amount: Money(try c.next(), currency),
                reserve: ReservePolicy(rate: try c.next(), days: try c.next()))
        }
    }

    func markReleased(_ orders: [ID<Order>]) async throws {
        try await db.execute(
            """
            update orders set released_at = market_now()
            where id = any(\(orders)::uuid[]) and released_at is null
            """)
    }

    /// Sellers' accounts with something available or frozen, after `last`.
    func fundedAccounts(after last: Int64, limit: Int) async throws -> [Int64] {
        try await db.query(
            """
            select account.id
            from ledger_account account
            join ledger_balance on ledger_balance.account_id = account.id
            where account.kind in ('seller_available', 'seller_frozen') and balance > 0
                and account.id > \(last)
            order by account.id
            limit \(limit)::bigint
            """
        ).decode { c in try c.next() }
    }

    /// The wallet of an account of what is available or frozen, and whether it may be paid now.
    func fundedWallet(_ account: Int64) async throws -> FundedWallet? {
        try await db.query(
            """
            select account.id, wallet.id, wallet.seller_id, account.currency,
                coalesce(schedule.minimum, wallet.payout_minimum), wallet.details, seller.state,
                account.kind = 'seller_frozen', exists (
                    select from payout_freeze
                    where payout_freeze.seller_id = seller.id and lifted_at is null),
                seller.restricted_at is not null, wallet.details_changed_at, wallet.returned_at, (
                    select coalesce(jsonb_object_agg(instance_id, reference), '{}')
                    from payout_account
                    where payout_account.seller_id = wallet.seller_id and is_ready)
            from ledger_account account
            join wallet on wallet.id = account.wallet_id
            join seller on seller.id = wallet.seller_id
            left join payout_schedule schedule on schedule.wallet_id = wallet.id
                and schedule.currency = account.currency
            where account.id = \(account)
                and account.kind in ('seller_available', 'seller_frozen')
            """
        ).decode { c in
            try FundedWallet(
                account: c.next(), wallet: c.next(), seller: c.next(), currency: c.next(),
                minimum: c.next(), details: c.next(JSON<WalletDetails>.self).value,
                sellerState: c.next(), isFrozenAccount: c.next(), isFrozen: c.next(),
                isRestricted: c.next(),
                detailsChangedAt: c.next(), returnedAt: c.next(),
                readyAccounts: Self.accounts(c.next(JSON<[String: String]>.self).value))
        }.first
    }

    /// By the text of their instances' ids.
    private static func accounts(_ found: [String: String]) -> [ID<ProviderInstance>: String] {
        Dictionary(
            found.compactMap { instance, reference in
                ID<ProviderInstance>(instance).map { ($0, reference) }
            }
        ) { first, _ in first }
    }

    /// The accounts of what is available of these wallets in these currencies, each once.
    func availableAccounts(of wallets: [(ID<Wallet>, Currency)]) async throws -> [Int64] {
        try await db.query(
            """
            select distinct account.id
            from unnest(\(wallets.map(\.0))::uuid[], \(wallets.map(\.1))::text[])
                wanted(wallet_id, currency)
            join ledger_account account on account.wallet_id = wanted.wallet_id
                and account.currency = wanted.currency and account.kind = 'seller_available'
            order by account.id
            """
        ).decode { c in try c.next() }
    }

    /// What each order made available in this account and nobody has claimed, oldest order
    /// first, but for what an open dispute holds; to be asked when the wallet is locked.
    func claimable(in account: Int64, limit: Int) async throws -> [ClaimableOrder] {
        try await db.query(
            """
            select kept.order_id, account.currency, kept.balance, (
                select coalesce(max(part), 0) + 1 from payout_item
                where payout_item.order_id = kept.order_id and voided_at is null), (
                select clearing.instance_id
                from ledger_entry sold
                join ledger_account clearing on clearing.id = sold.account_id
                where sold.order_id = kept.order_id and clearing.kind = 'provider_clearing'
                order by sold.transaction_id limit 1)
            from ledger_order_balance kept
            join ledger_account account on account.id = kept.account_id
            where kept.account_id = \(account) and kept.balance > 0
                and not exists (
                    select from refund where refund.order_id = kept.order_id
                        and refund.state in ('pending', 'unknown'))
                and not \(DisputeStore.holds("kept.order_id"))
            order by kept.order_id
            limit \(limit)::bigint
            """
        ).decode { c in
            let order: ID<Order> = try c.next()
            let currency: Currency = try c.next()
            let amount: Int64 = try c.next()
            return ClaimableOrder(
                item: PayoutItem(
                    order: order, amount: Money(amount, currency), part: try c.next()),
                instance: try c.next())
        }
    }

    /// What the wallet owes us, below zero or zero.
    func debt(of wallet: ID<Wallet>, _ currency: Currency) async throws -> Int64 {
        try await db.query(
            """
            select balance from ledger_balance
            join ledger_account account on account.id = account_id
            where account.wallet_id = \(wallet) and account.currency = \(currency)
                and account.kind = 'seller_debt'
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    func insert(_ payout: Payout) async throws {
        let items = payout.items
        _ = try await db.batch([
            """
            insert into payout (id, seller_id, wallet_id, instance_id, currency, amount,
                destination, plan_id)
            values (\(payout.id), \(payout.seller), \(payout.wallet), \(payout.instance),
                \(payout.amount.currency), \(payout.amount.amount),
                \(payout.destination.map { JSON($0) }), \(payout.plan))
            """,
            """
            insert into payout_item (payout_id, order_id, amount, part)
            select \(payout.id), order_id, amount, part
            from unnest(\(items.map(\.order))::uuid[], \(items.map(\.amount.amount))::bigint[],
                \(items.map(\.part))::smallint[]) item(order_id, amount, part)
            """,
        ])
    }

    private static let columns: SQL = """
        id, seller_id, wallet_id, instance_id, currency, amount, state, reference, failure, tries,
        created_at, settled_at, destination, plan_id, version, in_doubt_at, contradicted_at
        """

    /// The payout with its items, locked.
    func lock(_ id: ID<Payout>) async throws -> Payout? {
        let found = try await db.query(
            "select \(Self.columns) from payout where id = \(id) for no key update"
        ).decode { c in try Self.payout(&c, items: []) }.first
        guard let found else { return nil }
        return found.with(items: try await items(of: id).map(\.item))
    }

    /// Moves a payout from `old` to `new`; false when it is not in `old` any more.
    func move(
        _ id: ID<Payout>, from old: Payout.State, to new: Payout.State, reference: String? = nil,
        failure: String? = nil, version: Int64 = 0
    ) async throws -> Bool {
        try await db.execute(
            """
            update payout
            set state = \(new), reference = coalesce(\(reference), reference),
                failure = \(failure), tries = tries + \(new == .sent ? 1 : 0)::int,
                version = greatest(version, \(version)),
                settled_at = case when \(!new.isOpen) then coalesce(settled_at, market_now()) end,
                returned_at = case when \(new == .returned) then market_now() end
            where id = \(id) and state = \(old)
            """) == 1
    }

    func voidItems(of id: ID<Payout>) async throws {
        try await db.execute(
            """
            update payout_item set voided_at = market_now()
            where payout_id = \(id) and voided_at is null
            """)
    }

    func find(_ id: ID<Payout>, of seller: ID<Seller>?) async throws -> Payout? {
        try await db.query(
            """
            select \(Self.columns) from payout
            where id = \(id) and (\(seller)::uuid is null or seller_id = \(seller)::uuid)
            """
        ).decode { c in try Self.payout(&c, items: []) }.first
    }

    /// In the order of their ids.
    func find(_ ids: [ID<Payout>]) async throws -> [Payout] {
        try await db.query(
            """
            select \(Self.columns) from payout where id = any(\(ids)::uuid[]) order by id
            """
        ).decode { c in try Self.payout(&c, items: []) }
    }

    /// By the provider's own id, for its webhooks.
    func find(reference: String, at instance: ID<ProviderInstance>) async throws -> ID<Payout>? {
        try await db.query(
            """
            select id from payout
            where instance_id = \(instance) and reference = \(reference)
            order by id desc limit 1
            """
        ).decode { c in try c.next(ID<Payout>.self) }.first
    }

    /// Which payouts have these references at an instance.
    func find(
        references: [String], at instance: ID<ProviderInstance>
    ) async throws -> [String: ID<Payout>] {
        let rows = try await db.query(
            """
            select reference, id from payout
            where instance_id = \(instance) and reference = any(\(references)::text[])
            order by id
            """
        ).decode { c in (try c.next(String.self), try c.next(ID<Payout>.self)) }
        return Dictionary(rows) { _, last in last }
    }

    func items(of id: ID<Payout>) async throws -> [PayoutLine] {
        try await db.query(
            """
            select order_id, orders.currency, amount, part, number
            from payout_item join orders on orders.id = order_id
            where payout_id = \(id)
            order by order_id
            """
        ).decode { c in
            let order: ID<Order> = try c.next()
            let currency: Currency = try c.next()
            let amount: Int64 = try c.next()
            return PayoutLine(
                item: PayoutItem(
                    order: order, amount: Money(amount, currency), part: try c.next()),
                orderNumber: try c.next())
        }
    }

    /// Newest first; of one seller, or of all.
    func list(
        of seller: ID<Seller>?, in state: Payout.State?, _ page: PageRequest
    ) async throws -> Page<Payout> {
        let ofSeller: SQL = seller.map { "seller_id = \($0)" } ?? "true"
        let inState: SQL = state.map { "state = \($0)" } ?? "true"
        let rows = try await db.query(
            """
            select \(Self.columns) from payout
            where \(ofSeller) and \(inState)
                and (\(page.afterID)::uuid is null or id < \(page.afterID)::uuid)
            order by id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in try Self.payout(&c, items: []) }
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// Payouts that are not settled, oldest first.
    func open(limit: Int) async throws -> [ID<Payout>] {
        try await db.query(
            """
            select id from payout where state in ('held', 'sent', 'unknown')
            order by id limit \(limit)::bigint
            """
        ).decode { c in try c.next() }
    }

    private static func payout(_ c: inout Columns, items: [PayoutItem]) throws -> Payout {
        let id: ID<Payout> = try c.next()
        let seller: ID<Seller> = try c.next()
        let wallet: ID<Wallet> = try c.next()
        let instance: ID<ProviderInstance> = try c.next()
        let currency: Currency = try c.next()
        return Payout(
            id: id, seller: seller, wallet: wallet, instance: instance,
            amount: Money(try c.next(), currency), state: try c.next(), reference: try c.next(),
            failure: try c.next(), tries: try c.next(), createdAt: try c.next(),
            settledAt: try c.next(),
            destination: try c.next(JSON<WalletDetails>?.self)?.value, plan: try c.next(),
            version: try c.next(), inDoubtAt: try c.next(),
            contradictedAt: try c.next(), items: items)
    }

    /// Why a payout that nobody was asked to pay yet must stay; nil when it may go.
    func stop(of payout: Payout) async throws -> WaitingWallet.Reason? {
        let found = try await db.query(
            """
            select state, exists (
                select from payout_freeze
                where payout_freeze.seller_id = seller.id and lifted_at is null), exists (
                select from payout_item item
                where item.payout_id = \(payout.id) and item.voided_at is null
                    and \(DisputeStore.holds("item.order_id")))
            from seller where id = \(payout.seller)
            """
        ).decode { c in
            try (c.next(Seller.State.self), c.next(Bool.self), c.next(Bool.self))
        }.first
        guard let (state, isFrozen, isDisputed) = found else { return .notVerified }
        if state != .verified { return .notVerified }
        return isFrozen ? .frozen : isDisputed ? .disputed : nil
    }
}

extension Queryable {
    var payouts: PayoutStore { PayoutStore(db: self) }
}

/// An order whose hold is over and what it holds.
struct ReleasableOrder: Sendable {
    let order: ID<Order>
    let wallet: ID<Wallet>
    let amount: Money
    let reserve: ReservePolicy
}

/// What a payout pays for one order, for people.
public struct PayoutLine: Hashable, Sendable {
    public let item: PayoutItem
    public let orderNumber: String
}
