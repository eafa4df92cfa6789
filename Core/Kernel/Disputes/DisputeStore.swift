import Postgres
import ProviderKit
import Vocabulary

/// Every statement on disputes.
struct DisputeStore: Sendable {
    let db: any Queryable

    static let columns: SQL = """
        d.id, d.payment_id, d.instance_id, d.reference, d.status, d.currency, d.amount,
        d.withdrawn, d.fee, d.reason, d.respond_by, d.version, d.opened_at
        """

    /// Of one that is not decided yet.
    static let isOpen: SQL = "status in ('inquiry', 'needs_response', 'under_review')"

    func find(
        reference: String, at instance: ID<ProviderInstance>
    ) async throws -> Dispute? {
        try await db.query(
            """
            select \(Self.columns) from dispute d
            where d.instance_id = \(instance) and d.reference = \(reference)
            """
        ).decode(Dispute.init).first
    }

    func find(_ id: ID<Dispute>) async throws -> Dispute? {
        try await db.query("select \(Self.columns) from dispute d where d.id = \(id)")
            .decode(Dispute.init).first
    }

    /// Writes a new dispute and whose orders it is about.
    func insert(_ dispute: Dispute) async throws {
        _ = try await db.batch([
            """
            insert into dispute (id, payment_id, instance_id, reference, status, currency, amount,
                withdrawn, fee, reason, respond_by, version)
            values (\(dispute.id), \(dispute.payment), \(dispute.instance), \(dispute.reference),
                \(dispute.status), \(dispute.amount.currency), \(dispute.amount.amount),
                \(dispute.withdrawn.amount), \(dispute.fee.amount), \(dispute.reason),
                \(dispute.respondBy), \(dispute.version))
            """,
            """
            insert into dispute_order (dispute_id, order_id, seller_id)
            select \(dispute.id)::uuid, orders.id, orders.seller_id
            from payment_share join orders on orders.id = payment_share.order_id
            where payment_share.payment_id = \(dispute.payment)
            """,
        ])
    }

    func save(_ dispute: Dispute) async throws {
        try await db.execute(
            """
            update dispute
            set status = \(dispute.status), amount = \(dispute.amount.amount),
                withdrawn = \(dispute.withdrawn.amount), fee = \(dispute.fee.amount),
                reason = \(dispute.reason), respond_by = \(dispute.respondBy),
                version = \(dispute.version), changed_at = market_now()
            where id = \(dispute.id)
            """)
    }

    /// The shops whose orders it is about: one order of each, and what each gave back in all, in
    /// minor units.
    func parts(
        of id: ID<Dispute>
    ) async throws -> [(seller: ID<Seller>, orderNumber: String, charged: Int64)] {
        try await db.query(
            """
            select part.seller_id, min(orders.number), sum(part.charged)::bigint
            from dispute_order part join orders on orders.id = part.order_id
            where part.dispute_id = \(id) group by part.seller_id order by part.seller_id
            """
        ).decode { c in
            (seller: try c.next(), orderNumber: try c.next(), charged: try c.next())
        }
    }

    /// What a payment's disputes took and did not give back, without the one named; minor units.
    func withdrawn(of payment: ID<Payment>, besides dispute: ID<Dispute>?) async throws -> Int64 {
        try await db.query(
            """
            select coalesce(sum(withdrawn), 0)::bigint from dispute
            where payment_id = \(payment) and (\(dispute)::uuid is null or id <> \(dispute)::uuid)
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// Newest first, with what all shops gave back.
    func list(isOpen: Bool, _ page: PageRequest) async throws -> Page<ListedDispute> {
        let open: SQL = isOpen ? "d.\(Self.isOpen)" : "true"
        let after: SQL = page.afterID.map { "d.id < \($0)" } ?? "true"
        let rows = try await db.query(
            """
            select \(Self.columns), purchase.id, purchase.number, null::uuid, null::text, (
                select coalesce(sum(charged), 0)::bigint from dispute_order
                where dispute_order.dispute_id = d.id)
            from dispute d
            join payment on payment.id = d.payment_id
            join purchase on purchase.id = payment.purchase_id
            where \(open) and \(after)
            order by d.id desc limit \(page.limit + 1)::bigint
            """
        ).decode(ListedDispute.init)
        return Page(rows, limit: page.limit) { "\($0.dispute.id)" }
    }

    /// A seller's, newest first, with the first of its orders in each and what it gave back.
    func list(of seller: ID<Seller>, _ page: PageRequest) async throws -> Page<ListedDispute> {
        let after: SQL = page.afterID.map { "dispute_id < \($0)" } ?? "true"
        let rows = try await db.query(
            """
            select \(Self.columns), purchase.id, purchase.number, orders.id, orders.number,
                own.charged
            from (
                select dispute_id, min(order_id::text)::uuid as order_id,
                    sum(charged)::bigint as charged
                from dispute_order
                where seller_id = \(seller) and \(after)
                group by dispute_id order by dispute_id desc
                limit \(page.limit + 1)::bigint
            ) own
            join dispute d on d.id = own.dispute_id
            join payment on payment.id = d.payment_id
            join purchase on purchase.id = payment.purchase_id
            join orders on orders.id = own.order_id
            order by d.id desc
            """
        ).decode(ListedDispute.init)
        return Page(rows, limit: page.limit) { "\($0.dispute.id)" }
    }
}

extension Dispute {
    init(_ c: inout Columns) throws {
        let id: ID<Dispute> = try c.next()
        let payment: ID<Payment> = try c.next()
        let instance: ID<ProviderInstance> = try c.next()
        let reference: String = try c.next()
        let status: Status = try c.next()
        let currency: Currency = try c.next()
        self.init(
            id: id, payment: payment, instance: instance, reference: reference, status: status,
            amount: Money(try c.next(), currency), withdrawn: Money(try c.next(), currency),
            fee: Money(try c.next(), currency), reason: try c.next(), respondBy: try c.next(),
            version: try c.next(), openedAt: try c.next())
    }
}

extension ListedDispute {
    fileprivate init(_ c: inout Columns) throws {
        dispute = try Dispute(&c)
        purchase = try c.next()
        purchaseNumber = try c.next()
        order = try c.next()
        orderNumber = try c.next()
        charged = Money(try c.next(), dispute.amount.currency)
    }
}

extension Queryable {
    var disputes: DisputeStore { DisputeStore(db: self) }
}
