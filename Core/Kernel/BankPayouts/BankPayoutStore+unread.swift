import Postgres
public import Vocabulary

/// A payout to a seller's bank that its module can make nothing of.
public struct UnreadBankPayout: Hashable, Sendable {
    /// The provider's id of it.
    public let reference: String
    /// Since when.
    public let since: Instant
    public let account: ID<PayoutAccount>
    public let seller: ID<Seller>
    public let sellerName: String
    public let instance: ID<ProviderInstance>
    public let provider: String
}

/// Payouts that wait for a module, or a state, that makes sense of them.
extension BankPayoutStore {
    /// An account whose every payout is nonsense needs no longer list than this to be looked at.
    private static let unreadMax = 1000

    /// - Returns: whether it was not there yet, and is now.
    func setAside(_ reference: String, of account: ID<PayoutAccount>) async throws -> Bool {
        try await db.execute(
            """
            insert into bank_payout_unread (account_id, reference)
            select \(account), \(reference)::text
            where (
                select count(*) from (
                    select from bank_payout_unread where account_id = \(account)
                    limit \(Self.unreadMax)::bigint
                ) kept) < \(Self.unreadMax)::bigint
            on conflict (account_id, reference) do nothing
            """) == 1
    }

    /// It was read.
    func takeBack(_ reference: String, of account: ID<PayoutAccount>) async throws {
        try await db.execute(
            """
            delete from bank_payout_unread
            where account_id = \(account) and reference = \(reference)
            """)
    }

    /// Of every account, the newest first.
    func unread(_ page: PageRequest) async throws -> Page<UnreadBankPayout> {
        let rows = try await db.query(
            """
            select u.reference, u.first_seen_at, u.account_id, seller.id, seller.name,
                provider_instance.id, provider_instance.name
            from bank_payout_unread u
            join payout_account on payout_account.id = u.account_id
            join seller on seller.id = payout_account.seller_id
            join provider_instance on provider_instance.id = payout_account.instance_id
            where \(Self.unreadAfter(page))
            order by u.first_seen_at desc, u.account_id desc, u.reference desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            UnreadBankPayout(
                reference: try c.next(), since: try c.next(), account: try c.next(),
                seller: try c.next(), sellerName: try c.next(), instance: try c.next(),
                provider: try c.next())
        }
        return Page(rows, limit: page.limit) { "\($0.since)|\($0.account)|\($0.reference)" }
    }

    /// Counted up to ``WhatWaits/countMax``.
    func countUnread() async throws -> Int {
        try await db.query(
            """
            select cardinality(array(
                select 1 from bank_payout_unread limit \(WhatWaits.countMax)::int))
            """
        ).decode { c in try c.next(Int.self) }.first ?? 0
    }

    private static func unreadAfter(_ page: PageRequest) -> SQL {
        let key = page.after?.split(separator: "|", maxSplits: 2).map(String.init) ?? []
        guard key.count == 3, let since = Instant(key[0]), let account = ID<PayoutAccount>(key[1])
        else { return "true" }
        return """
            (u.first_seen_at, u.account_id, u.reference)
                < (\(since)::timestamptz, \(account)::uuid, \(key[2])::text)
            """
    }
}
