import Postgres
import ProviderKit
import Vocabulary

/// An account of which its provider is asked what it paid out, and from when on.
struct AccountToAsk: Sendable, Equatable {
    let id: ID<PayoutAccount>
    /// The provider's id.
    let reference: String
    let since: Instant
}

/// When providers were asked what they paid out of sellers' accounts.
extension BankPayoutStore {
    /// The account at the instance whose turn is the longest ago; nil when it is nobody's. Until
    /// ``noteAsked(_:until:againInHours:)`` it counts as unanswered, also when this process dies:
    /// its next turn is in ten minutes, and each time without an answer in twice as many.
    /// - Parameters:
    ///   - hours: no turn is later than that.
    ///   - days: of which all is read again. What is still under way is too, however old, and what
    ///     could not be read.
    func claimToAsk(
        at instance: ID<ProviderInstance>, againInHours hours: Int, readAgainDays days: Int
    ) async throws -> AccountToAsk? {
        try await db.query(
            """
            update payout_account
            set payouts_unanswered = \(SQL.oneMore(than: "payouts_unanswered")),
                payouts_due_at = now() + \(SQL.nextTurn(after: "payouts_unanswered", within: hours))
            where id = (
                select id from payout_account
                where instance_id = \(instance) and reference is not null
                    and payouts_due_at < now()
                order by payouts_due_at limit 1 for update skip locked)
            returning id, reference, least(
                coalesce(
                    payouts_known_until - \(days)::bigint * interval '1 day',
                    created_at - interval '1 day'), (
                select min(made_at) from bank_payout
                where account_id = payout_account.id and status in ('pending', 'in_transit')), (
                select min(first_seen_at) - \(days)::bigint * interval '1 day'
                from bank_payout_unread where account_id = payout_account.id))
            """
        ).decode { c in
            try AccountToAsk(id: c.next(), reference: c.next(), since: c.next())
        }.first
    }

    /// Its turn is now, and not only on another day.
    func askNext(_ account: ID<PayoutAccount>) async throws {
        try await db.execute(
            """
            update payout_account set payouts_due_at = least(payouts_due_at, now())
            where id = \(account)
            """)
    }

    /// Everything that was made before `until` is known, and the provider need not be asked again
    /// for `hours`.
    func noteAsked(
        _ account: ID<PayoutAccount>, until: Instant, againInHours hours: Int
    ) async throws {
        try await db.execute(
            """
            update payout_account
            set payouts_known_until = greatest(payouts_known_until, \(until)::timestamptz),
                payouts_due_at = now() + \(hours)::bigint * interval '1 hour',
                payouts_unanswered = 0
            where id = \(account)
            """)
    }
}
