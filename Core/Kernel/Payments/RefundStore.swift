import Postgres
import Vocabulary

/// Every statement on refunds.
struct RefundStore {
    let db: any Queryable

    static let columns: SQL = """
        r.id, r.payment_id, r.order_id, r.currency, r.amount, r.reason, r.state, r.failure,
        r.requested_at, r.settled_at
        """

    func find(_ id: ID<Refund>) async throws -> Refund? {
        try await db.query("select \(Self.columns) from refund r where r.id = \(id)")
            .decode(Refund.init).first
    }

    func lock(_ id: ID<Refund>) async throws -> Refund? {
        try await db.query("select \(Self.columns) from refund r where r.id = \(id) for update")
            .decode(Refund.init).first
    }

    func find(reference: String, of payment: ID<Payment>) async throws -> ID<Refund>? {
        try await db.query(
            """
            select id from refund where payment_id = \(payment) and reference = \(reference)
            """
        ).decode { c in try c.next(ID<Refund>.self) }.first
    }

    /// All that a share still holds is asked back. `refund_one_open` refuses a second one.
    static func requestStatements(
        _ share: LockedShare, of payment: Payment, reason: String, by actor: ID<Account>?
    ) -> [SQL] {
        let id = ID<Refund>()
        let currency = payment.amount.currency
        // A share that was captured in this same transaction is known here as it was before.
        let kept = share.captured.isZero ? share.amount : Money(share.kept, currency)
        return [
            """
            insert into refund (id, payment_id, order_id, amount, currency, reason, requested_by)
            values (\(id), \(payment.id), \(share.order), \(kept.amount), \(currency), \(reason),
                \(actor))
            """,
            AttemptStore.insertStatement(
                .refund, of: payment.id, kept, order: share.order, refund: id),
            OrderStore.noteStatement(
                share.order, "refund-requested", note: "\(kept): \(reason)", by: actor),
        ]
    }

    static func settleStatement(
        _ id: ID<Refund>, _ state: Refund.State, reference: String?, failure: String? = nil
    ) -> SQL {
        """
        update refund set state = \(state), reference = coalesce(\(reference), reference),
            failure = \(failure), settled_at = market_now()
        where id = \(id) and state in ('pending', 'unknown')
        """
    }

    static func rememberStatement(_ id: ID<Refund>, reference: String) -> SQL {
        "update refund set reference = \(reference) where id = \(id) and reference is null"
    }
}

extension Queryable {
    var refunds: RefundStore { RefundStore(db: self) }
}

extension Refund {
    init(_ c: inout Columns) throws {
        id = try c.next()
        payment = try c.next()
        order = try c.next()
        let currency = try c.next(Currency.self)
        amount = Money(try c.next(), currency)
        reason = try c.next()
        state = try c.next()
        failure = try c.next()
        requestedAt = try c.next()
        settledAt = try c.next()
    }
}
