import Postgres
import Vocabulary

/// Every statement on payouts that are taken back.
struct PayoutReversalStore: AskedOnceStore {
    let db: any Queryable

    private static let columns: SQL = """
        id, payout_id, reason, state, reference, failure, tries, requested_at, settled_at,
        in_doubt_at
        """

    func insert(
        _ id: ID<PayoutReversal>, of payout: ID<Payout>, reason: String, by admin: ID<Account>
    ) async throws {
        try await db.execute(
            """
            insert into payout_reversal (id, payout_id, reason, requested_by)
            values (\(id), \(payout), \(reason), \(admin))
            """)
    }

    func find(_ id: ID<PayoutReversal>) async throws -> PayoutReversal? {
        try await db.query("select \(Self.columns) from payout_reversal where id = \(id)")
            .decode(PayoutReversal.init).first
    }

    func lock(_ id: ID<PayoutReversal>) async throws -> PayoutReversal? {
        try await db.query(
            "select \(Self.columns) from payout_reversal where id = \(id) for no key update"
        ).decode(PayoutReversal.init).first
    }

    /// Newest first, twenty at most.
    func list(of payout: ID<Payout>) async throws -> [PayoutReversal] {
        try await db.query(
            """
            select \(Self.columns) from payout_reversal where payout_id = \(payout)
            order by id desc limit 20
            """
        ).decode(PayoutReversal.init)
    }

    func open(limit: Int) async throws -> [ID<PayoutReversal>] {
        try await db.query(
            """
            select id from payout_reversal where state in ('intent', 'sent', 'unknown')
            order by id limit \(limit)::bigint
            """
        ).decode { c in try c.next() }
    }

    /// Whether somebody took the payout back, or is about to.
    func isAsked(for payout: ID<Payout>) async throws -> Bool {
        try await !db.query(
            "select id from payout_reversal where payout_id = \(payout) and state <> 'failed'"
        ).isEmpty
    }

    /// Nobody may be asked either when the payout came back by itself.
    func doubt(_ id: ID<PayoutReversal>, try number: Int) async throws -> CallDoubt? {
        try await db.query(
            """
            update payout_reversal r set in_doubt_at = clock_timestamp()
            from (
                select id, in_doubt_at from payout_reversal where id = \(id) for no key update
            ) old
            where r.id = old.id and r.state = 'sent' and r.tries = \(number) and exists (
                select from payout where payout.id = r.payout_id and payout.state = 'paid')
            returning r.in_doubt_at, old.in_doubt_at
            """
        ).decode { c in try CallDoubt(at: c.next(), before: c.next()) }.first
    }

    func answered(_ id: ID<PayoutReversal>, _ doubt: CallDoubt) async throws -> Bool {
        try await db.execute(
            """
            update payout_reversal set in_doubt_at = \(doubt.before)
            where id = \(id) and in_doubt_at = \(doubt.at)
            """) == 1
    }

    func move(
        _ id: ID<PayoutReversal>, to state: PayoutReversal.State, reference: String? = nil,
        failure: String? = nil
    ) async throws {
        try await db.execute(
            """
            update payout_reversal
            set state = \(state), reference = coalesce(\(reference), reference),
                failure = \(failure), tries = tries + \(state == .sent ? 1 : 0)::int,
                settled_at = case when \(!state.isOpen) then market_now() end
            where id = \(id) and state in ('intent', 'sent', 'unknown')
            """)
    }
}

extension PayoutReversal {
    fileprivate init(_ c: inout Columns) throws {
        id = try c.next()
        payout = try c.next()
        reason = try c.next()
        state = try c.next()
        reference = try c.next()
        failure = try c.next()
        tries = try c.next()
        requestedAt = try c.next()
        settledAt = try c.next()
        inDoubtAt = try c.next()
    }
}

extension Queryable {
    var payoutReversals: PayoutReversalStore { PayoutReversalStore(db: self) }
}
