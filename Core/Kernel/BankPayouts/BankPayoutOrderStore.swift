import Postgres
import Vocabulary

/// Every statement on payouts to sellers' banks that administrators asked for.
struct BankPayoutOrderStore: AskedOnceStore {
    let db: any Queryable

    private static let columns: SQL = """
        id, account_id, currency, amount, reason, state, reference, failure, tries, requested_at,
        settled_at, in_doubt_at
        """

    func insert(
        _ id: ID<BankPayoutOrder>, of account: ID<PayoutAccount>, _ amount: Money, reason: String,
        by admin: ID<Account>
    ) async throws {
        try await db.execute(
            """
            insert into bank_payout_order (id, account_id, currency, amount, reason, requested_by)
            values (\(id), \(account), \(amount.currency), \(amount.amount), \(reason), \(admin))
            """)
    }

    func find(_ id: ID<BankPayoutOrder>) async throws -> BankPayoutOrder? {
        try await db.query("select \(Self.columns) from bank_payout_order where id = \(id)")
            .decode(BankPayoutOrder.init).first
    }

    func lock(_ id: ID<BankPayoutOrder>) async throws -> BankPayoutOrder? {
        try await db.query(
            "select \(Self.columns) from bank_payout_order where id = \(id) for no key update"
        ).decode(BankPayoutOrder.init).first
    }

    /// Newest first, twenty at most.
    func list(of account: ID<PayoutAccount>) async throws -> [BankPayoutOrder] {
        try await db.query(
            """
            select \(Self.columns) from bank_payout_order where account_id = \(account)
            order by id desc limit 20
            """
        ).decode(BankPayoutOrder.init)
    }

    func open(limit: Int) async throws -> [ID<BankPayoutOrder>] {
        try await db.query(
            """
            select id from bank_payout_order where state in ('intent', 'sent', 'unknown')
            order by id limit \(limit)::bigint
            """
        ).decode { c in try c.next() }
    }

    func doubt(_ id: ID<BankPayoutOrder>, try number: Int) async throws -> CallDoubt? {
        try await db.query(
            """
            update bank_payout_order o set in_doubt_at = clock_timestamp()
            from (
                select id, in_doubt_at from bank_payout_order where id = \(id) for no key update
            ) old
            where o.id = old.id and o.state = 'sent' and o.tries = \(number)
            returning o.in_doubt_at, old.in_doubt_at
            """
        ).decode { c in try CallDoubt(at: c.next(), before: c.next()) }.first
    }

    func answered(_ id: ID<BankPayoutOrder>, _ doubt: CallDoubt) async throws -> Bool {
        try await db.execute(
            """
            update bank_payout_order set in_doubt_at = \(doubt.before)
            where id = \(id) and in_doubt_at = \(doubt.at)
            """) == 1
    }

    func move(
        _ id: ID<BankPayoutOrder>, to state: BankPayoutOrder.State, reference: String? = nil,
        failure: String? = nil
    ) async throws {
        try await db.execute(
            """
            update bank_payout_order
            set state = \(state), reference = \(reference), failure = \(failure),
                tries = tries + \(state == .sent ? 1 : 0)::int,
                settled_at = case when \(!state.isOpen) then market_now() end
            where id = \(id) and state in ('intent', 'sent', 'unknown')
            """)
    }
}

extension BankPayoutOrder {
    fileprivate init(_ c: inout Columns) throws {
        id = try c.next()
        account = try c.next()
        let currency: Currency = try c.next()
        amount = Money(try c.next(), currency)
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
    var bankPayoutOrders: BankPayoutOrderStore { BankPayoutOrderStore(db: self) }
}
