import Postgres
import Vocabulary

/// Every statement on payouts from sellers' accounts to their banks.
struct BankPayoutStore: Sendable {
    let db: any Queryable

    private static let columns: SQL = """
        b.id, b.account_id, b.seller_id, b.reference, b.status, b.currency, b.amount,
        b.failure_code, b.failure, b.arrives_at, b.made_at, b.version, b.reverses, (
            select back.reference from bank_payout back
            where back.account_id = b.account_id and back.reverses = b.reference limit 1)
        """

    /// Whoever writes one of an account's waits for the others who do.
    func lock(_ account: ID<PayoutAccount>) async throws {
        _ = try await db.query(
            "select id from payout_account where id = \(account) for no key update"
        ).decode { c in try c.next(ID<PayoutAccount>.self) }
    }

    func find(
        reference: String, of account: ID<PayoutAccount>
    ) async throws -> BankPayout? {
        try await db.query(
            """
            select \(Self.columns) from bank_payout b
            where b.account_id = \(account) and b.reference = \(reference)
            """
        ).decode(BankPayout.init).first
    }

    func insert(_ payout: BankPayout) async throws {
        try await db.execute(
            """
            insert into bank_payout (id, account_id, seller_id, reference, status, currency, amount,
                failure_code, failure, arrives_at, made_at, version)
            values (\(payout.id), \(payout.account), \(payout.seller), \(payout.reference),
                \(payout.status), \(payout.amount.currency), \(payout.amount.amount),
                \(payout.failureCode), \(payout.failure), \(payout.arrivesAt),
                \(payout.madeAt), \(payout.version))
            """)
    }

    func save(_ payout: BankPayout) async throws {
        try await db.execute(
            """
            update bank_payout
            set status = \(payout.status), failure_code = \(payout.failureCode),
                failure = \(payout.failure), arrives_at = \(payout.arrivesAt),
                version = \(payout.version), changed_at = now()
            where id = \(payout.id)
            """)
    }

    /// The newest first; the key of a page is its last time and id.
    func list(
        of seller: ID<Seller>, _ page: PageRequest
    ) async throws -> Page<BankPayout> {
        let after = Self.after(page)
        let rows = try await db.query(
            """
            select \(Self.columns) from bank_payout b
            where b.seller_id = \(seller) and \(after)
            order by b.made_at desc, b.id desc limit \(page.limit + 1)::bigint
            """
        ).decode(BankPayout.init)
        return Page(rows, limit: page.limit, key: Self.key)
    }

    /// Of every seller or of one, the newest first.
    func list(
        of seller: ID<Seller>?, isFailed: Bool, _ page: PageRequest
    ) async throws -> Page<ListedBankPayout> {
        let ofSeller: SQL = seller.map { "b.seller_id = \($0)" } ?? "true"
        let failed: SQL = isFailed ? "b.status = 'failed'" : "true"
        let rows = try await db.query(
            """
            select \(Self.columns), seller.name, payout_account.instance_id
            from bank_payout b
            join seller on seller.id = b.seller_id
            join payout_account on payout_account.id = b.account_id
            where \(ofSeller) and \(failed) and \(Self.after(page))
            order by b.made_at desc, b.id desc limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            ListedBankPayout(
                payout: try BankPayout(&c), sellerName: try c.next(), instance: try c.next())
        }
        return Page(rows, limit: page.limit) { Self.key($0.payout) }
    }

    /// How many failed within these days where none of the account's in this currency and this
    /// direction came through since; counted up to ``WhatWaits/countMax``.
    func countWaiting() async throws -> Int {
        try await db.query(
            """
            select cardinality(array(
                select 1 from bank_payout b
                where b.status = 'failed' and b.made_at > now() - interval '90 days'
                    and not exists (
                        select from bank_payout later
                        where later.account_id = b.account_id and later.currency = b.currency
                            and later.status = 'paid' and later.made_at > b.made_at
                            and sign(later.amount) = sign(b.amount))
                limit \(WhatWaits.countMax)::int))
            """
        ).decode { c in try c.next(Int.self) }.first ?? 0
    }

    private static func after(_ page: PageRequest) -> SQL {
        let key = page.after?.split(separator: "|").map(String.init) ?? []
        guard key.count == 2, let at = Instant(key[0]), let id = ID<BankPayout>(key[1]) else {
            return "true"
        }
        return "(b.made_at, b.id) < (\(at), \(id)::uuid)"
    }

    private static func key(_ payout: BankPayout) -> String { "\(payout.madeAt)|\(payout.id)" }
}

extension BankPayout {
    fileprivate init(_ c: inout Columns) throws {
        let id: ID<BankPayout> = try c.next()
        let account: ID<PayoutAccount> = try c.next()
        let seller: ID<Seller> = try c.next()
        let reference: String = try c.next()
        let status: Status = try c.next()
        let currency: Currency = try c.next()
        self.init(
            id: id, account: account, seller: seller, reference: reference, status: status,
            amount: Money(try c.next(), currency), failureCode: try c.next(),
            failure: try c.next(), arrivesAt: try c.next(), madeAt: try c.next(),
            version: try c.next(), reverses: try c.next(), reversedBy: try c.next())
    }
}

extension Queryable {
    var bankPayouts: BankPayoutStore { BankPayoutStore(db: self) }
}
