import Postgres
import ProviderKit
import Vocabulary

/// A payment with its purchase locked, and what each order has in it.
struct LockedPayment: Sendable {
    var purchase: Purchase
    var payment: Payment
    let shares: [LockedShare]
}

/// One order's part of a payment, with what was frozen at placement, less what was called off.
struct LockedShare: Sendable {
    let order: ID<Order>
    let number: String
    let seller: ID<Seller>
    let wallet: ID<Wallet>
    let state: Order.State
    let amount: Money
    let captured: Money
    let refunded: Money
    /// In refunds that are under way.
    let claimed: Money
    /// Of ``amount``, what is never taken.
    let calledOff: Money
    let commission: Money
    let commissionVAT: Money
    let taxByPlatform: Money
    /// Where that is handed in.
    let taxJurisdiction: String?
    let sellerShare: Money

    /// Captured, neither given back nor claimed by a refund, in minor units.
    var kept: Int64 { captured.amount - refunded.amount - claimed.amount }

    /// What was, or is to be, taken of it.
    var due: Money { Money(amount.amount - calledOff.amount, amount.currency) }
}

/// Every statement on payments and their shares.
struct PaymentStore {
    let db: any Queryable

    static let columns: SQL = """
        p.id, p.purchase_id, p.instance_id, p.method, p.currency, p.amount, p.state, p.authorized,
        p.captured, p.refunded, p.reference, p.next_action, p.failure_code, p.failure_message,
        p.capture, p.is_direct, p.created_at, p.version, p.received, p.excess
        """

    /// Locks the purchase, then the payment: in this order everywhere.
    func lock(_ id: ID<Payment>) async throws -> LockedPayment {
        let answers = try await db.batch([
            """
            select \(PurchaseStore.columns) from purchase b
            where b.id = (select purchase_id from payment where id = \(id))
            for update
            """,
            "select \(Self.columns) from payment p where p.id = \(id) for update",
            Self.sharesStatement(id),
        ])
        guard let purchase = try answers[0].decode(Purchase.init).first,
            let payment = try answers[1].decode(Payment.init).first
        else { throw PaymentMissing(payment: id) }
        return LockedPayment(
            purchase: purchase, payment: payment,
            shares: try answers[2].decode { c in try LockedShare(&c, payment.amount.currency) })
    }

    /// The payment `p` whose money is for an order. However often its purchase was tried to be
    /// paid, that is one at most: `payment_one_live`.
    private static func payer(of order: ID<Order>) -> SQL {
        """
        payment_share s join payment p on p.id = s.payment_id
        where s.order_id = \(order) and p.state in ('authorized', 'captured')
        """
    }

    /// The payment that paid for an order, with its purchase locked; nil before it was paid.
    func lock(payingFor order: ID<Order>) async throws -> LockedPayment? {
        let id = try await db.query(
            "select p.id from \(Self.payer(of: order))"
        ).decode { c in try c.next(ID<Payment>.self) }.first
        guard let id else { return nil }
        return try await lock(id)
    }

    /// The payment by which an order is, or is to be, paid for; nil before it was ordered for sure.
    func payingFor(_ order: ID<Order>) async throws -> Payment? {
        try await db.query(
            "select \(Self.columns) from \(Self.payer(of: order))"
        ).decode(Payment.init).first
    }

    /// Whether a seller has an order in a payment.
    func pays(_ id: ID<Payment>, _ seller: ID<Seller>) async throws -> Bool {
        try await !db.query(
            """
            select o.id from payment_share s join orders o on o.id = s.order_id
            where s.payment_id = \(id) and o.seller_id = \(seller) limit 1
            """
        ).isEmpty
    }

    /// Where the money that paid for an order is; nil before it was paid.
    func instance(payingFor order: ID<Order>) async throws -> ID<ProviderInstance>? {
        try await db.query(
            "select p.instance_id from \(Self.payer(of: order))"
        ).decode { c in try c.next(ID<ProviderInstance>.self) }.first
    }

    private static func sharesStatement(_ id: ID<Payment>) -> SQL {
        """
        select o.id, o.number, o.seller_id, o.wallet_id, o.state, s.amount, s.captured, s.refunded,
            s.refund_claimed, s.called_off, o.commission - off.commission,
            o.commission_vat - off.commission_vat, o.tax_by_platform - off.tax_by_platform,
            o.tax_jurisdiction, o.seller_share - off.seller_share
        from payment_share s join orders o on o.id = s.order_id
        cross join lateral (\(RefundStore.calledOff)) off
        where s.payment_id = \(id)
        order by o.id
        """
    }

    func find(_ id: ID<Payment>) async throws -> Payment? {
        try await db.query("select \(Self.columns) from payment p where p.id = \(id)")
            .decode(Payment.init).first
    }

    func newest(of purchase: ID<Purchase>) async throws -> Payment? {
        try await db.query(Self.newestStatement(purchase)).decode(Payment.init).first
    }

    static func newestStatement(_ purchase: ID<Purchase>) -> SQL {
        """
        select \(columns) from payment p where p.purchase_id = \(purchase)
        order by p.id desc limit 1
        """
    }

    func find(reference: String, at instance: ID<ProviderInstance>) async throws -> ID<Payment>? {
        try await db.query(
            """
            select id from payment where instance_id = \(instance) and reference = \(reference)
            """
        ).decode { c in try c.next(ID<Payment>.self) }.first
    }

    /// The live payment of a purchase.
    func live(of purchase: ID<Purchase>) async throws -> ID<Payment>? {
        try await db.query(
            """
            select id from payment where purchase_id = \(purchase) and state in ('created',
                'requires_action', 'processing', 'unknown', 'authorized', 'captured')
            """
        ).decode { c in try c.next(ID<Payment>.self) }.first
    }

    /// Payments with their shares and their first attempts, as one statement, made only while their
    /// instances are active. An instance's row stays locked until the commit: whoever pauses or
    /// retires it waits, and then sees these payments; whoever did so before is seen here, and the
    /// shares find no payment.
    /// - Parameter claim: how long their starts belong to whoever calls next.
    static func insertStatement(_ plans: [PaymentPlan], claim: Duration) -> SQL {
        let shares = plans.flatMap { plan in plan.shares.map { (payment: plan.payment, share: $0) }
        }
        // The attempt is written as sent, because the call follows at once: whoever finds it after
        // a crash looks it up, and learns whether it was.
        return """
            with payment_made as (
                insert into payment (id, purchase_id, instance_id, method, amount, currency,
                    capture, is_direct, mode)
                select (\(plans.map(\.payment))::uuid[])[v.n],
                    (\(plans.map(\.purchase))::uuid[])[v.n], i.id,
                    (\(plans.map(\.method))::text[])[v.n],
                    (\(plans.map(\.amount.amount))::bigint[])[v.n],
                    (\(plans.map(\.amount.currency))::text[])[v.n],
                    (\(plans.map(\.capture))::text[])[v.n],
                    (\(plans.map(\.isDirect))::boolean[])[v.n], i.mode
                from unnest(\(plans.map(\.instance))::uuid[]) with ordinality v(id, n)
                join provider_instance i on i.id = v.id
                where i.kind = 'payment' and i.state = 'active'
                for share of i
            ), attempt_made as (
                insert into payment_attempt (id, payment_id, kind, amount, state, tries,
                    next_try_at)
                select (\(plans.map(\.attempt))::uuid[])[n], (\(plans.map(\.payment))::uuid[])[n],
                    'start', (\(plans.map(\.amount.amount))::bigint[])[n], 'sent', 1,
                    now() + \(claim.wholeMilliseconds)::bigint * interval '1 millisecond'
                from generate_series(1, \(plans.count)::integer) n
            )
            insert into payment_share (payment_id, order_id, amount)
            select (\(shares.map(\.payment))::uuid[])[n], (\(shares.map(\.share.order))::uuid[])[n],
                (\(shares.map(\.share.amount.amount))::bigint[])[n]
            from generate_series(1, \(shares.count)::integer) n
            """
    }

    /// Whether ``insertStatement(_:claim:)`` failed because the instance takes no new payments.
    static func isInstanceClosed(_ error: PostgresError) -> Bool {
        error.constraint == "payment_share_payment_id_fkey"
            || error.constraint == "payment_attempt_payment_id_fkey"
    }

    /// ``lock(_:)`` of payments that nobody can have settled yet, before what is written by what
    /// is known of them: fails with `payment_fresh` when somebody did.
    static func lockFreshStatement(_ fresh: [LockedPayment]) -> SQL {
        """
        select lock_fresh_payments(\(fresh.map(\.purchase.id))::uuid[],
            \(fresh.map(\.payment.id))::uuid[])
        """
    }

    static func saveStatement(_ payment: Payment) -> SQL { saveStatement([payment]) }

    /// Several payments, each once.
    static func saveStatement(_ payments: [Payment]) -> SQL {
        """
        update payment p set state = (\(payments.map(\.state))::text[])[v.n],
            authorized = (\(payments.map(\.authorized.amount))::bigint[])[v.n],
            captured = (\(payments.map(\.captured.amount))::bigint[])[v.n],
            received = (\(payments.map(\.received.amount))::bigint[])[v.n],
            excess = (\(payments.map(\.excess.amount))::bigint[])[v.n],
            version = (\(payments.map(\.version))::bigint[])[v.n],
            reference = (\(payments.map(\.reference))::text[])[v.n],
            next_action = (\(payments.map { JSON($0.next) })::jsonb[])[v.n],
            failure_code = (\(payments.map(\.failureCode))::text[])[v.n],
            failure_message = (\(payments.map(\.failureMessage))::text[])[v.n],
            ended_at = case when (\(payments.map(\.isOver))::boolean[])[v.n]
                then coalesce(ended_at, now()) end
        from unnest(\(payments.map(\.id))::uuid[]) with ordinality v(id, n)
        where p.id = v.id
        """
    }

    static func captureSharesStatement(_ payments: [ID<Payment>]) -> SQL {
        """
        update payment_share set captured = amount - called_off
        where payment_id = any(\(payments)::uuid[])
        """
    }

    static func captureShareStatement(_ payment: ID<Payment>, _ order: ID<Order>) -> SQL {
        """
        update payment_share set captured = amount - called_off
        where payment_id = \(payment) and order_id = \(order)
        """
    }

    /// It goes back, and so it may be more than is due.
    static func keepLateStatement(
        _ payment: ID<Payment>, _ order: ID<Order>, _ amount: Money
    ) -> SQL {
        """
        update payment_share set captured = captured + \(amount.amount), is_late = true
        where payment_id = \(payment) and order_id = \(order)
        """
    }

    static func refundedStatement(_ payment: ID<Payment>, _ amount: Money) -> SQL {
        "update payment set refunded = refunded + \(amount.amount) where id = \(payment)"
    }
}

/// A row points to a payment that is not there: a fault, because nothing deletes payments.
struct PaymentMissing: Error {
    let payment: ID<Payment>
}

extension Queryable {
    var payments: PaymentStore { PaymentStore(db: self) }
}

extension Payment {
    init(_ c: inout Columns) throws {
        id = try c.next()
        purchase = try c.next()
        instance = try c.next()
        method = try c.next()
        let currency = try c.next(Currency.self)
        amount = Money(try c.next(), currency)
        state = try c.next()
        authorized = Money(try c.next(), currency)
        captured = Money(try c.next(), currency)
        refunded = Money(try c.next(), currency)
        reference = try c.next()
        next = try c.next(JSON<NextAction>?.self)?.value ?? .none
        failureCode = try c.next()
        failureMessage = try c.next()
        capture = try c.next()
        isDirect = try c.next()
        createdAt = try c.next()
        version = try c.next()
        received = Money(try c.next(), currency)
        excess = Money(try c.next(), currency)
    }
}

extension LockedShare {
    init(_ c: inout Columns, _ currency: Currency) throws {
        order = try c.next()
        number = try c.next()
        seller = try c.next()
        wallet = try c.next()
        state = try c.next()
        amount = Money(try c.next(), currency)
        captured = Money(try c.next(), currency)
        refunded = Money(try c.next(), currency)
        claimed = Money(try c.next(), currency)
        calledOff = Money(try c.next(), currency)
        commission = Money(try c.next(), currency)
        commissionVAT = Money(try c.next(), currency)
        taxByPlatform = Money(try c.next(), currency)
        taxJurisdiction = try c.next()
        sellerShare = Money(try c.next(), currency)
    }
}
