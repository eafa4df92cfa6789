import Postgres
import ProviderKit
import Vocabulary

/// Every statement on what was asked of providers. Open attempts are their own queue: whoever
/// claims one moves its next try beyond the deadline of a call, so that no second process makes
/// the same call at the same time, and a crash only means waiting for that time.
struct AttemptStore {
    let db: any Queryable

    private static let columns: SQL = """
        a.id, a.payment_id, a.kind, a.order_id, a.refund_id, p.currency, a.amount, a.state, a.tries,
        a.created_at, coalesce(a.first_sent_at, a.created_at), a.key_number, a.in_doubt_at,
        p.ended_at
        """

    /// Claims attempts that are due, for as long as `claim`.
    func claimDue(limit: Int, claim: Duration) async throws -> [PaymentAttempt] {
        try await db.query(
            """
            with due as materialized (
                select id from payment_attempt
                where state in ('intent', 'sent', 'unknown') and next_try_at <= now()
                order by next_try_at
                limit \(limit)::bigint
                for update skip locked
            )
            update payment_attempt a
            set tries = tries + 1,
                first_sent_at = coalesce(first_sent_at,
                    case when a.state = 'intent' then now() else a.created_at end),
                next_try_at = now()
                    + \(claim.wholeMilliseconds)::bigint * interval '1 millisecond',
                state = case when a.state = 'intent' then 'sent' else a.state end
            from due, payment p
            where a.id = due.id and p.id = a.payment_id
            returning \(Self.columns)
            """
        ).decode(PaymentAttempt.init)
    }

    /// The attempt that began a payment, open or not.
    func start(of payment: ID<Payment>) async throws -> PaymentAttempt? {
        try await db.query(
            """
            select \(Self.columns) from payment_attempt a join payment p on p.id = a.payment_id
            where a.payment_id = \(payment) and a.kind = 'start'
            """
        ).decode(PaymentAttempt.init).first
    }

    /// Whether a capture of this order is under way; without one, of anything.
    func isCapturing(_ order: ID<Order>? = nil, in payment: ID<Payment>) async throws -> Bool {
        try await !db.query(
            """
            select id from payment_attempt
            where payment_id = \(payment) and kind = 'capture'
                and state in ('intent', 'sent', 'unknown')
                and (\(order)::uuid is null or order_id = \(order) or order_id is null)
            limit 1
            """
        ).isEmpty
    }

    static func insertStatement(
        _ kind: PaymentAttempt.Kind, of payment: ID<Payment>, _ amount: Money,
        order: ID<Order>? = nil, refund: ID<Refund>? = nil, id: ID<PaymentAttempt> = ID()
    ) -> SQL {
        """
        insert into payment_attempt (id, payment_id, kind, order_id, refund_id, amount)
        values (\(id), \(payment), \(kind), \(order), \(refund), \(amount.amount))
        """
    }

    // What is open is said as what is not over, where a row is found by its key: the index of open
    // attempts looks nearly empty to the planner, and holds all that were open a moment ago.

    /// Ends an attempt whose outcome is known.
    static func settleStatement(
        _ id: ID<PaymentAttempt>, _ state: PaymentAttempt.State, error: String? = nil
    ) -> SQL {
        """
        update payment_attempt set state = \(state), error = \(error), settled_at = now()
        where id = \(id) and state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Ends the attempts that began payments, whose outcomes are known.
    static func settleStartStatement(of ended: [(ID<Payment>, PaymentAttempt.State)]) -> SQL {
        """
        update payment_attempt a set state = (\(ended.map(\.1))::text[])[v.n], settled_at = now()
        from unnest(\(ended.map(\.0))::uuid[]) with ordinality v(id, n)
        where a.payment_id = v.id and a.kind = 'start'
            and a.state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Ends the attempt at a refund whose outcome is known.
    static func settleRefundStatement(_ id: ID<Refund>, _ state: PaymentAttempt.State) -> SQL {
        """
        update payment_attempt set state = \(state), settled_at = now()
        where payment_id = (select payment_id from refund where id = \(id)) and refund_id = \(id)
            and state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Looks at the attempt that began a payment again later, further apart each time: the result
    /// depends on the customer, or comes by webhook.
    static func waitForStartStatement(of payment: ID<Payment>) -> SQL {
        """
        update payment_attempt set state = 'sent',
            next_try_at = now() + interval '1 second'
                * least(10 * 2 ^ least(greatest(tries - held_tries, 0), 8), 900)
        where payment_id = \(payment) and kind = 'start'
            and state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Looks again after a twentieth of the time since it began: every three seconds in the first
    /// minute, every quarter of an hour from the fifth hour on. Nobody tells us of these.
    static func pollStartStatement(of payment: ID<Payment>) -> SQL {
        """
        update payment_attempt set state = 'sent', next_try_at = now()
            + least(greatest((now() - created_at) / 20, interval '3 seconds'),
                interval '15 minutes')
        where payment_id = \(payment) and kind = 'start'
            and state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Keeps what a start asked for whose answer was lost.
    static func keepRequestStatement(_ id: ID<PaymentAttempt>, _ request: PaymentStart) -> SQL {
        "update payment_attempt set request = \(JSON(request)) where id = \(id)"
    }

    static func forgetRequestStatement(_ id: ID<PaymentAttempt>) -> SQL {
        "update payment_attempt set request = null where id = \(id)"
    }

    func keptRequest(of id: ID<PaymentAttempt>) async throws -> PaymentStart? {
        try await db.query("select request from payment_attempt where id = \(id)")
            .decode { c in try c.next(JSON<PaymentStart>?.self)?.value }.first ?? nil
    }

    /// Says where the customer goes on, while the payment still waits for that.
    static func offerStatement(_ next: NextAction, of payment: ID<Payment>) -> SQL {
        """
        update payment set next_action = \(JSON(next))
        where id = \(payment) and state = 'requires_action'
        """
    }

    /// Asks anew, under another key: the old one did nothing and is forgotten.
    static func askAnewStatement(_ attempt: PaymentAttempt) -> SQL {
        """
        update payment_attempt set state = 'intent', tries = 0, held_tries = 0,
            first_sent_at = null, is_final = null, key_number = key_number + 1,
            next_try_at = now(), error = null
        where id = \(attempt.id) and key_number = \(attempt.keyNumber)
            and state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Has a payment's beginning looked at once more, unless somebody does it before.
    static func lookAgainStatement(at payment: ID<Payment>, in claim: Duration) -> SQL {
        """
        update payment_attempt set state = 'sent', settled_at = null,
            next_try_at = now() + \(claim.wholeMilliseconds)::bigint * interval '1 millisecond'
        where payment_id = \(payment) and kind = 'start'
        """
    }
}

extension Queryable {
    var attempts: AttemptStore { AttemptStore(db: self) }
}

extension PaymentAttempt {
    init(_ c: inout Columns) throws {
        id = try c.next()
        payment = try c.next()
        kind = try c.next()
        order = try c.next()
        refund = try c.next()
        let currency = try c.next(Currency.self)
        amount = Money(try c.next(), currency)
        state = try c.next()
        tries = try c.next()
        createdAt = try c.next()
        firstSentAt = try c.next()
        keyNumber = try c.next()
        inDoubtAt = try c.next()
        endedAt = try c.next()
    }
}
