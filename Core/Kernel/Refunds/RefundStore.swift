import Postgres
import Vocabulary

/// Every statement on refunds.
struct RefundStore {
    let db: any Queryable

    static let columns: SQL = """
        r.id, r.payment_id, r.order_id, r.kind, r.funded_by, r.currency, r.amount, r.goodwill,
        r.reason, r.state, r.failure, r.restocking, r.retries, r.requested_at, r.settled_at,
        r.version
        """

    private static let partColumns: SQL = """
        part, order_line_id, quantity, seller_share, commission, commission_vat, tax_by_platform
        """

    func find(_ id: ID<Refund>) async throws -> Refund? { try await find(id, "") }

    func lock(_ id: ID<Refund>) async throws -> Refund? { try await find(id, "for update") }

    private func find(_ id: ID<Refund>, _ lock: SQL) async throws -> Refund? {
        let answers = try await db.batch([
            "select \(Self.columns) from refund r where r.id = \(id) \(lock)",
            "select \(Self.partColumns) from refund_part where refund_id = \(id) order by part",
        ])
        guard var refund = try answers[0].decode(Refund.init).first else { return nil }
        refund.parts = try answers[1].decode(RefundPart.init)
        return refund
    }

    func isRetried(_ id: ID<Refund>) async throws -> Bool {
        try await !db.query("select id from refund where retries = \(id)").isEmpty
    }

    func find(reference: String, of payment: ID<Payment>) async throws -> ID<Refund>? {
        try await db.query(
            """
            select id from refund where payment_id = \(payment) and reference = \(reference)
            """
        ).decode { c in try c.next(ID<Refund>.self) }.first
    }

    /// Refunds of orders, an array of ids, and what they take back of each part, for
    /// ``decode(_:_:)``.
    static func listStatements(of orders: SQL) -> [SQL] {
        [
            """
            select \(columns) from refund r where r.order_id = any(\(orders)) order by r.id
            """,
            """
            select refund_id, \(partColumns)
            from refund_part join refund r on r.id = refund_id
            where r.order_id = any(\(orders)) order by refund_id, part
            """,
        ]
    }

    static func decode(_ refunds: Rows, _ parts: Rows) throws -> [Refund] {
        let parts = try parts.decode { c in (try c.next(ID<Refund>.self), try RefundPart(&c)) }
        return try refunds.decode(Refund.init).map { refund in
            var refund = refund
            refund.parts = parts.filter { $0.0 == refund.id }.map(\.1)
            return refund
        }
    }

    /// What is left of each part of orders, an array of ids: the order's id, then the part.
    static func leftStatement(of orders: SQL) -> SQL {
        """
        select p.order_id, p.part, p.order_line_id, p.quantity - coalesce(gone.quantity, 0),
            p.seller_share - coalesce(gone.seller_share, 0),
            p.commission - coalesce(gone.commission, 0),
            p.commission_vat - coalesce(gone.commission_vat, 0),
            p.tax_by_platform - coalesce(gone.tax_by_platform, 0)
        from order_part p left join lateral (
            select sum(quantity)::bigint as quantity, sum(seller_share)::bigint as seller_share,
                sum(commission)::bigint as commission,
                sum(commission_vat)::bigint as commission_vat,
                sum(tax_by_platform)::bigint as tax_by_platform
            from refund_part part join refund r on r.id = part.refund_id
            where r.order_id = p.order_id and r.state <> 'failed' and part.part = p.part
        ) gone on true
        where p.order_id = any(\(orders)) order by p.order_id, p.part
        """
    }

    /// What of an order `o` with the share `s` was called off before it was taken. Orders of which
    /// nothing was are not looked at.
    static let calledOff: SQL = """
        select coalesce(sum(part.seller_share), 0)::bigint as seller_share,
            coalesce(sum(part.commission), 0)::bigint as commission,
            coalesce(sum(part.commission_vat), 0)::bigint as commission_vat,
            coalesce(sum(part.tax_by_platform), 0)::bigint as tax_by_platform
        from refund r join refund_part part on part.refund_id = r.id
        where s.called_off > 0 and r.order_id = o.id and r.state = 'called_off'
        """

    /// What can still be given back of a share; to be asked when its payment is locked.
    /// - Parameter left: what of it can be called off, in minor units, while none of it is taken.
    func basis(of share: LockedShare, uncaptured left: Int64? = nil) async throws -> RefundBasis {
        let answers = try await db.batch([
            Self.leftStatement(of: "\([share.order])::uuid[]"),
            """
            select coalesce(sum(goodwill), 0)::bigint from refund
            where order_id = \(share.order) and state <> 'failed' and kind <> 'stray'
            """,
        ])
        let parts = try answers[0].decode { c in
            _ = try c.next(ID<Order>.self)
            return try RefundPart(&c)
        }
        let goodwill = try answers[1].decode { c in try c.next(Int64.self) }
        return RefundBasis(
            currency: share.amount.currency, parts: parts, left: left ?? share.kept,
            goodwill: goodwill.first ?? 0)
    }

    /// How many pieces of each line are not to be shipped though no refund stands for them: they
    /// are for sale again, and the customer's bank sent the money back. Lines without any left out.
    func idlePieces(of order: ID<Order>) async throws -> [ID<OrderLine>: Int] {
        let rows = try await db.query(
            """
            select line.id, line.withheld - coalesce(sum(part.withheld), 0)
            from order_line line
            left join (
                select order_line_id, withheld
                from refund_part join refund on refund.id = refund_id
                where refund.order_id = \(order) and refund.state <> 'failed'
            ) part on part.order_line_id = line.id
            where line.order_id = \(order) and line.withheld > 0
            group by line.id having line.withheld > coalesce(sum(part.withheld), 0)
            """
        ).decode { c in (try c.next(ID<OrderLine>.self), try c.next(Int.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Claims the amount and asks for it back. `payment_share_bounds` refuses what is not there.
    static func requestStatements(
        _ plan: RefundPlan, _ id: ID<Refund> = ID(), of order: ID<Order>, _ payment: ID<Payment>,
        pieces: RefundedPieces = RefundedPieces(), reason: String, retries: ID<Refund>? = nil,
        by actor: ID<Account>?
    ) -> [SQL] {
        insertStatements(
            plan, id, of: order, payment, pieces, reason: reason, retries: retries, by: actor)
            + askStatements(id, plan.amount, of: order, payment, reason: reason, by: actor)
    }

    /// It is never taken, so nobody is asked to give it back, and its things are for sale again.
    static func callOffStatements(
        _ plan: RefundPlan, _ id: ID<Refund>, of order: ID<Order>, _ payment: ID<Payment>,
        pieces: RefundedPieces, reason: String, by actor: ID<Account>?
    ) -> [SQL] {
        insertStatements(
            plan, id, of: order, payment, pieces, reason: reason, retries: nil, by: actor) + [
                settleStatement(id, .calledOff, reference: nil),
                """
                update payment_share set called_off = called_off + \(plan.amount.amount)
                where payment_id = \(payment) and order_id = \(order)
                """,
                OrderStore.noteStatement(
                    order, "part-called-off", note: "\(plan.amount): \(reason)", by: actor),
                restockStatement(id),
            ]
    }

    private static func insertStatements(
        _ plan: RefundPlan, _ id: ID<Refund>, of order: ID<Order>, _ payment: ID<Payment>,
        _ pieces: RefundedPieces, reason: String, retries: ID<Refund>?, by actor: ID<Account>?
    ) -> [SQL] {
        let parts = plan.parts
        let withheld = parts.map { part in part.line.flatMap { pieces.withheld[$0] } ?? 0 }
        let shelved = parts.map { part in part.line.flatMap { pieces.shelved[$0] } ?? 0 }
        let restocked = parts.map { part in part.line.flatMap { pieces.restocked[$0] } ?? 0 }
        let currency = plan.amount.currency
        return [
            """
            insert into refund (id, payment_id, order_id, kind, funded_by, amount, goodwill,
                currency, reason, restocking, retries, requested_by)
            values (\(id), \(payment), \(order), \(plan.kind), \(plan.fundedBy),
                \(plan.amount.amount), \(plan.goodwill), \(currency), \(reason),
                \(pieces.restocking), \(retries), \(actor))
            """,
            """
            insert into refund_part (refund_id, \(partColumns), withheld, shelved, restock)
            select \(id)::uuid, t.* from unnest(\(parts.map(\.number))::smallint[],
                \(parts.map(\.line))::uuid[], \(parts.map(\.quantity))::integer[],
                \(parts.map(\.shares.seller))::bigint[],
                \(parts.map(\.shares.commission))::bigint[],
                \(parts.map(\.shares.commissionVAT))::bigint[],
                \(parts.map(\.shares.taxByPlatform))::bigint[], \(withheld)::integer[],
                \(shelved)::integer[], \(restocked)::integer[]) t
            """,
        ] + (withheld.contains { $0 > 0 } ? [withholdStatement(id)] : [])
    }

    /// What the refund withheld is not shippable any more.
    private static func withholdStatement(_ id: ID<Refund>) -> SQL {
        """
        update order_line line set withheld = line.withheld + part.withheld - part.shelved
        from refund_part part
        where part.refund_id = \(id) and part.order_line_id = line.id and part.withheld > 0
        """
    }

    /// The refund failed: what it withheld may be shipped, but what it brought back to the shelf,
    /// where others buy it.
    static func shippableAgainStatement(_ id: ID<Refund>, isRestocked: Bool = false) -> SQL {
        """
        update order_line line set withheld = line.withheld - part.withheld + part.shelved
            + case when \(isRestocked) then least(part.withheld - part.shelved, part.restock)
                else 0 end
        from refund_part part
        where part.refund_id = \(id) and part.order_line_id = line.id and part.withheld > 0
        """
    }

    /// The money has gone back: the pieces that were to come back are for sale again, once.
    static func restockStatement(_ id: ID<Refund>) -> SQL {
        "select restock_refund(\(id), 'return')"
    }

    /// The refund of an order that was cancelled meanwhile failed: what it withheld from the parcel
    /// is for sale again like the rest of it.
    static func restockWithheldStatement(_ id: ID<Refund>) -> SQL {
        "select restock_refund(\(id), 'cancellation')"
    }

    /// The seller gave it back already: there is nobody to ask.
    static func recordStatements(
        _ plan: RefundPlan, _ id: ID<Refund>, of order: ID<Order>, _ payment: ID<Payment>,
        pieces: RefundedPieces, reason: String, reference: String, by actor: ID<Account>
    ) -> [SQL] {
        insertStatements(
            plan, id, of: order, payment, pieces, reason: reason, retries: nil, by: actor) + [
                settleStatement(id, .succeeded, reference: reference),
                """
                update payment_share set refunded = refunded + \(plan.amount.amount)
                where payment_id = \(payment) and order_id = \(order)
                """,
                PaymentStore.refundedStatement(payment, plan.amount),
                OrderStore.noteStatement(
                    order, "refunded", note: "\(plan.amount) by the seller, \(reference)",
                    by: actor),
                restockStatement(id),
            ]
    }

    /// All of a share that came for an order that was over goes back.
    static func strayStatements(
        _ amount: Money, _ id: ID<Refund> = ID(), of order: ID<Order>, _ payment: ID<Payment>,
        reason: String, retries: ID<Refund>? = nil, by actor: ID<Account>? = nil
    ) -> [SQL] {
        [
            """
            insert into refund (id, payment_id, order_id, kind, amount, currency, reason, retries,
                requested_by)
            values (\(id), \(payment), \(order), 'stray', \(amount.amount), \(amount.currency),
                \(reason), \(retries), \(actor))
            """
        ] + askStatements(id, amount, of: order, payment, reason: reason, by: actor)
    }

    private static func askStatements(
        _ id: ID<Refund>, _ amount: Money, of order: ID<Order>, _ payment: ID<Payment>,
        reason: String, by actor: ID<Account>?
    ) -> [SQL] {
        [
            """
            update payment_share set refund_claimed = refund_claimed + \(amount.amount)
            where payment_id = \(payment) and order_id = \(order)
            """,
            AttemptStore.insertStatement(.refund, of: payment, amount, order: order, refund: id),
            OrderStore.noteStatement(
                order, "refund-requested", note: "\(amount): \(reason)", by: actor),
        ]
    }

    static func settleStatement(
        _ id: ID<Refund>, _ state: Refund.State, reference: String?, failure: String? = nil,
        version: Int64 = 0
    ) -> SQL {
        """
        update refund set state = \(state), reference = coalesce(\(reference), reference),
            failure = \(failure), settled_at = market_now(), version = greatest(version, \(version))
        where id = \(id) and state in ('pending', 'unknown')
        """
    }

    /// It had succeeded, and came back: it failed after all, and may be asked for again.
    static func returnStatements(_ refund: Refund, failure: String, version: Int64) -> [SQL] {
        [
            """
            update refund set state = 'failed', failure = \(failure), settled_at = market_now(),
                version = \(version)
            where id = \(refund.id) and state = 'succeeded'
            """,
            """
            update payment_share set refunded = refunded - \(refund.amount.amount)
            where payment_id = \(refund.payment) and order_id = \(refund.order)
            """,
            """
            update payment set refunded = refunded - \(refund.amount.amount)
            where id = \(refund.payment)
            """,
            shippableAgainStatement(refund.id, isRestocked: true),
        ]
    }

    /// The claimed amount went back, or it is free again.
    static func unclaimStatement(_ refund: Refund, isGone: Bool) -> SQL {
        """
        update payment_share set refund_claimed = refund_claimed - \(refund.amount.amount),
            refunded = refunded + \(isGone ? refund.amount.amount : 0)
        where payment_id = \(refund.payment) and order_id = \(refund.order)
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
        kind = try c.next()
        fundedBy = try c.next()
        let currency = try c.next(Currency.self)
        amount = Money(try c.next(), currency)
        goodwill = try c.next()
        reason = try c.next()
        state = try c.next()
        failure = try c.next()
        restocking = try c.next()
        retries = try c.next()
        requestedAt = try c.next()
        settledAt = try c.next()
        version = try c.next()
    }
}

extension RefundPart {
    init(_ c: inout Columns) throws {
        self.init(
            number: try c.next(), line: try c.next(), quantity: try c.next(),
            shares: RefundShares(
                seller: try c.next(), commission: try c.next(), commissionVAT: try c.next(),
                taxByPlatform: try c.next()))
    }
}

/// What becomes of the pieces that a refund is for, by their lines.
struct RefundedPieces {
    /// Chosen by whoever asked for it; nil where nobody could.
    var restocking: Restocking?
    /// Not shipped any more.
    var withheld: [ID<OrderLine>: Int] = [:]
    /// Of these, those that are for sale again already.
    var shelved: [ID<OrderLine>: Int] = [:]
    /// For sale again when the money has gone back.
    var restocked: [ID<OrderLine>: Int] = [:]
}
