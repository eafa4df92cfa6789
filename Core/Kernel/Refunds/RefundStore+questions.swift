import Postgres
import Vocabulary

/// A refund whose provider is to be asked whether it is still with the customer.
struct RefundToAsk: Sendable {
    let refund: ID<Refund>
    let payment: ID<Payment>
    let instance: ID<ProviderInstance>
    /// The provider's id of it.
    let reference: String
}

/// When providers are asked again how refunds stand that succeeded.
extension RefundStore {
    /// After so many answers nothing comes back any more: 1 + 2 + 4 + 8 + 16 days.
    static let asksMax = 5

    /// It has succeeded, and may come back.
    static func askLaterStatement(_ id: ID<Refund>) -> SQL {
        """
        insert into refund_question (refund_id, next_at)
        select id, market_now() + interval '1 day' from refund
        where id = \(id) and reference is not null
        on conflict (refund_id) do nothing
        """
    }

    /// The one that is due the longest; nil when none is. An hour is left to ask: should that fail,
    /// it is due again.
    /// - Parameter silent: instances whose refunds are left out.
    func claimToAsk(without silent: Set<ID<ProviderInstance>>) async throws -> RefundToAsk? {
        try await db.query(
            """
            update refund_question question set next_at = market_now() + interval '1 hour'
            from refund r join payment p on p.id = r.payment_id
            where r.id = question.refund_id and question.refund_id = (
                select due.refund_id from refund_question due
                join refund dr on dr.id = due.refund_id join payment dp on dp.id = dr.payment_id
                where due.next_at <= market_now()
                    and dp.instance_id <> all(\(Array(silent))::uuid[])
                order by due.next_at limit 1 for update of due skip locked)
            returning r.id, r.payment_id, p.instance_id, r.reference
            """
        ).decode { c in
            try RefundToAsk(
                refund: c.next(), payment: c.next(), instance: c.next(), reference: c.next())
        }.first
    }

    /// Its provider has answered: it is asked again after twice the time, and at last no more.
    func noteAsked(_ id: ID<Refund>) async throws {
        _ = try await db.batch([
            """
            update refund_question set asks = asks + 1,
                next_at = market_now() + interval '1 day' * 2 ^ (asks + 1)
            where refund_id = \(id)
            """,
            """
            delete from refund_question question using refund
            where question.refund_id = \(id) and refund.id = question.refund_id
                and (question.asks >= \(Self.asksMax)::smallint or refund.state <> 'succeeded')
            """,
        ])
    }

    /// Those whose providers could not be asked in all that time.
    func forgetOldQuestions() async throws {
        try await db.execute(
            """
            delete from refund_question question using refund
            where refund.id = question.refund_id and question.next_at <= market_now()
                and refund.settled_at < market_now() - interval '60 days'
            """)
    }

    func forgetToAsk(_ id: ID<Refund>) async throws {
        try await db.execute("delete from refund_question where refund_id = \(id)")
    }
}
