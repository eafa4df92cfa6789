import Kernel
import Postgres
import Vocabulary

/// What a drill asks of a provider at which sellers have accounts.
extension DrillStore {
    /// Of each payment at a provider what was taken and what was given back, in minor units.
    func taken(at instance: ID<ProviderInstance>) async throws -> [String: [Int64]] {
        let rows = try await db.query(
            "select id::text, captured, refunded from payment where instance_id = \(instance)"
        ).decode { c in
            (try c.next(String.self), [try c.next(Int64.self), try c.next(Int64.self)])
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// What the ledger says that the provider owes us, in minor units.
    func clearing(of instance: ID<ProviderInstance>) async throws -> Int64 {
        try await db.query(
            """
            select -coalesce(sum(amount), 0)::bigint
            from ledger_entry join ledger_account account on account.id = account_id
            where account.kind = 'provider_clearing' and account.instance_id = \(instance)
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// The account that a provider calls so.
    func payoutAccount(
        _ reference: String, at instance: ID<ProviderInstance>
    ) async throws -> ID<PayoutAccount>? {
        try await db.query(
            """
            select id from payout_account
            where instance_id = \(instance) and reference = \(reference)
            """
        ).decode { c in try c.next(ID<PayoutAccount>.self) }.first
    }

    /// Each payout to a seller's bank as we know it, by the provider's reference: its account, its
    /// minor units, how it stands and the order that it was made for. An order that was done, and
    /// of whose payout nothing is known, says so.
    func sentToBanks(from instance: ID<ProviderInstance>) async throws -> [String: String] {
        let rows = try await db.query(
            """
            select coalesce(sent.reference, asked.reference),
                concat_ws(' ', account.reference, coalesce(sent.amount, 0),
                    coalesce(sent.status, 'unknown'), coalesce(asked.id::text, 'unasked'))
            from bank_payout sent
            full join (select * from bank_payout_order where state = 'done') asked
                on asked.account_id = sent.account_id and asked.reference = sent.reference
            join payout_account account
                on account.id = coalesce(sent.account_id, asked.account_id)
            where account.instance_id = \(instance)
            """
        ).decode { c in (try c.next(String.self), try c.next(String.self)) }
        // Two orders that name one payout are a difference too.
        return Dictionary(rows) { "\($0), \($1)" }
    }

    /// What each account at a provider holds, by its reference: what was paid into it and not taken
    /// back, less what went on to the bank, in minor units.
    func held(at instance: ID<ProviderInstance>) async throws -> [String: Int64] {
        let rows = try await db.query(
            """
            select reference, (
                    select coalesce(sum(amount), 0) from payout
                    where payout.seller_id = account.seller_id and state = 'paid'
                        and payout.instance_id = account.instance_id
                )::bigint - (
                    select coalesce(sum(amount), 0) from bank_payout
                    where account_id = account.id and status not in ('failed', 'canceled')
                )::bigint
            from payout_account account
            where instance_id = \(instance) and reference is not null
            """
        ).decode { c in (try c.next(String.self), try c.next(Int64.self)) }
        return Dictionary(rows) { first, _ in first }
    }
}
