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
    /// The account at the instance that was not asked about for the longest time; nil when all were
    /// within `hours`. It counts as asked about from now on.
    /// - Parameter days: of which all is read again. What is still under way is too, however old.
    func claimToAsk(
        at instance: ID<ProviderInstance>, notWithinHours hours: Int, readAgainDays days: Int
    ) async throws -> AccountToAsk? {
        try await db.query(
            """
            update payout_account set payouts_asked_at = now()
            where id = (
                select id from payout_account
                where instance_id = \(instance) and reference is not null
                    and payouts_asked_at < now() - \(hours)::bigint * interval '1 hour'
                order by payouts_asked_at limit 1 for update skip locked)
            returning id, reference, least(
                coalesce(
                    payouts_known_until - \(days)::bigint * interval '1 day',
                    created_at - interval '1 day'), (
                select min(made_at) from bank_payout
                where account_id = payout_account.id and status in ('pending', 'in_transit')))
            """
        ).decode { c in
            try AccountToAsk(id: c.next(), reference: c.next(), since: c.next())
        }.first
    }

    /// Everything that was made before `until` is known.
    func noteAsked(_ account: ID<PayoutAccount>, until: Instant) async throws {
        try await db.execute(
            """
            update payout_account
            set payouts_known_until = greatest(payouts_known_until, \(until)::timestamptz)
            where id = \(account)
            """)
    }
}
