import Postgres
import Vocabulary

/// Every statement on the ledger. Append only: the database refuses anything else.
public struct LedgerStore: Sendable {
    let db: any Queryable

    /// Keeps postings, each once: one that is there already with the same content is a replay
    /// and changes nothing. All go out in one call; empty ones are left out.
    /// - Throws: `PostgresError` with the constraint `ledger_transaction_content` when a key was
    ///   used for something else, `ledger_balance_floor` when a wallet does not have so much.
    @discardableResult
    public func post(_ postings: [Posting]) async throws -> [PostedLedger] {
        try await db.batch(Self.postStatements(postings)).flatMap { rows in
            try rows.decode { c in try PostedLedger(transaction: c.next(), isReplay: c.next()) }
        }
    }

    /// ``post(_:)`` as statements for a batch: a single one, unless a posting repeats or takes back
    /// another one of them. None when all are empty.
    public static func postStatements(_ postings: [Posting]) -> [SQL] {
        var calls: [[Posting]] = []
        var keys: Set<String> = []
        for posting in postings where !posting.isEmpty {
            let isApart =
                keys.contains(posting.key) || posting.reverses.map(keys.contains) == true
            if calls.isEmpty || isApart {
                calls.append([])
                keys = []
            }
            calls[calls.count - 1].append(posting)
            keys.insert(posting.key)
        }
        return calls.map(callStatement)
    }

    private static func callStatement(_ postings: [Posting]) -> SQL {
        let entries = postings.flatMap(\.entries)
        let numbers = postings.enumerated().flatMap { index, posting in
            posting.entries.map { _ in index + 1 }
        }
        return """
            select transaction_id, replayed from post_ledger_batch(
                \(postings.map(\.key))::text[], \(postings.map(\.kind))::text[],
                \(postings.map(\.currency))::text[], \(postings.map(\.purchase))::uuid[],
                \(postings.map(\.reverses))::text[], \(numbers)::integer[],
                \(entries.map(\.account.kind))::text[],
                \(entries.map(\.account.owner))::uuid[], \(entries.map(\.amount))::bigint[],
                \(entries.map(\.order))::uuid[])
            """
    }

    /// The entries of the posting with this key; empty when there is none.
    func entries(of key: String) async throws -> [LedgerEntry] {
        try await db.query(
            """
            select account.kind, coalesce(
                    account.wallet_id, account.instance_id, account.remitter_id)::text,
                entry.amount, entry.order_id
            from ledger_transaction posting
            join ledger_entry entry on entry.transaction_id = posting.id
            join ledger_account account on account.id = entry.account_id
            where posting.key = \(key)
            order by entry.line
            """
        ).decode { c in
            try LedgerEntry(
                LedgerAccount(kind: c.next(), owner: c.next()), c.next(), order: c.next())
        }
    }

    /// Locks a wallet's balances in one currency, so that nothing moves while somebody decides.
    func lock(_ wallet: ID<Wallet>, _ currency: Currency) async throws {
        try await db.execute(
            "select lock_ledger_balances(\([wallet])::uuid[], \(currency))")
    }

    /// Locks several wallets' balances in all currencies.
    func lock(_ wallets: [ID<Wallet>]) async throws {
        try await db.execute("select lock_ledger_balances(\(wallets)::uuid[], null)")
    }

    /// Where an order's money is in its wallet.
    func holdings(of order: ID<Order>) async throws -> OrderHoldings {
        try await db.query(
            """
            select coalesce(sum(amount) filter (where kind = 'seller_pending'), 0)::bigint,
                coalesce(sum(amount) filter (where kind = 'seller_available'), 0)::bigint,
                coalesce(sum(amount) filter (where kind = 'seller_frozen'), 0)::bigint,
                coalesce(sum(amount) filter (where kind = 'seller_reserve'), 0)::bigint
            from ledger_entry entry join ledger_account account on account.id = entry.account_id
            where entry.order_id = \(order)
            """
        ).decode { c in
            try OrderHoldings(
                pending: c.next(), available: c.next(), frozen: c.next(), reserved: c.next())
        }.first ?? OrderHoldings(pending: 0, available: 0, frozen: 0, reserved: 0)
    }

    /// Whether something took back what was kept under this key.
    func isReversed(_ key: String) async throws -> Bool {
        try await !db.query(
            """
            select back.id from ledger_transaction gone
            join ledger_transaction back on back.reverses = gone.id
            where gone.key = \(key)
            """
        ).isEmpty
    }

    /// What a seller's wallets hold, wallet by wallet and currency by currency.
    func balances(of seller: ID<Seller>) async throws -> [WalletBalance] {
        try await db.query(
            """
            with disputed as materialized (\(DisputeStore.heldSums(of: seller)))
            select wallet.id, account.currency,
                coalesce(sum(balance - coalesce(disputed.amount, 0)) filter (
                    where account.kind = 'seller_pending'), 0)::bigint,
                coalesce(sum(balance - coalesce(disputed.amount, 0)) filter (
                    where account.kind = 'seller_available'), 0)::bigint,
                coalesce(sum(balance - coalesce(disputed.amount, 0)) filter (
                    where account.kind = 'seller_frozen'), 0)::bigint,
                coalesce(sum(balance - coalesce(disputed.amount, 0)) filter (
                    where account.kind = 'seller_reserve'), 0)::bigint,
                coalesce(sum(balance) filter (where account.kind = 'seller_paying'), 0)::bigint,
                coalesce(sum(balance) filter (where account.kind = 'seller_debt'), 0)::bigint,
                coalesce(sum(balance) filter (
                    where account.kind = 'seller_receivable'), 0)::bigint,
                coalesce(sum(disputed.amount), 0)::bigint
            from wallet
            join ledger_account account on account.wallet_id = wallet.id
            join ledger_balance on ledger_balance.account_id = account.id
            left join disputed on disputed.account_id = account.id
            where wallet.seller_id = \(seller)
            group by wallet.id, account.currency
            order by wallet.id, account.currency
            """
        ).decode { c in
            let wallet: ID<Wallet> = try c.next()
            let currency: Currency = try c.next()
            return WalletBalance(
                wallet: wallet, pending: Money(try c.next(), currency),
                available: Money(try c.next(), currency), frozen: Money(try c.next(), currency),
                reserved: Money(try c.next(), currency),
                paying: Money(try c.next(), currency), debt: Money(try c.next(), currency),
                receivable: Money(try c.next(), currency),
                disputed: Money(try c.next(), currency))
        }
    }

    /// The platform's own accounts with their balances.
    func platformBalances() async throws -> [PlatformBalance] {
        try await db.query(
            """
            select account.kind, account.instance_id, instance.name, remitter.jurisdiction,
                account.currency,
                ledger_balance_of(account.id)::bigint
            from ledger_account account
            left join provider_instance instance on instance.id = account.instance_id
            left join tax_remitter remitter on remitter.id = account.remitter_id
            where not synchronous
            order by account.kind, instance.name, remitter.jurisdiction, account.currency
            """
        ).decode { c in
            let kind: LedgerAccount.Kind = try c.next()
            let instance: ID<ProviderInstance>? = try c.next()
            let name: String? = try c.next()
            let jurisdiction: String? = try c.next()
            let currency: Currency = try c.next()
            return PlatformBalance(
                kind: kind, instance: instance, instanceName: name, jurisdiction: jurisdiction,
                balance: Money(try c.next(), currency))
        }
    }

    /// Moves the platform accounts' kept sums forward, so that reading them stays cheap.
    func fold() async throws {
        try await db.execute("select fold_ledger()")
    }
}

extension Queryable {
    public var ledger: LedgerStore { LedgerStore(db: self) }
}

/// What a wallet holds in one currency.
public struct WalletBalance: Hashable, Sendable {
    public let wallet: ID<Wallet>
    /// Earned, and held until some days after delivery.
    public let pending: Money
    /// To be paid out next.
    public let available: Money
    /// Would be paid out next, but for an administrator who froze it.
    public let frozen: Money
    /// Kept for some days longer, for refunds of the same orders.
    public let reserved: Money
    /// In a payout that is under way.
    public let paying: Money
    /// Below zero: refunded after it had been paid out, and taken from what comes next.
    public let debt: Money
    /// Below zero: commission of sales that were paid to the seller directly, taken likewise.
    public let receivable: Money
    /// Of orders that customers dispute at their banks: it is in none of the others, and goes
    /// nowhere until that is decided.
    public let disputed: Money
}

/// One of the platform's own accounts.
public struct PlatformBalance: Hashable, Sendable {
    public let kind: LedgerAccount.Kind
    public let instance: ID<ProviderInstance>?
    public let instanceName: String?
    /// Where this tax is handed in; nil for other accounts, and for tax of orders from before.
    public let jurisdiction: String?
    public let balance: Money
}
