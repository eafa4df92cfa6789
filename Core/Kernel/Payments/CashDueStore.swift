import Postgres
import Vocabulary

/// Every statement on deliveries whose cash nobody has confirmed.
struct CashDueStore: Sendable {
    let db: any Queryable

    private static let rows: SQL = """
        select p.id, o.purchase_id, o.id, o.number, o.seller_id, s.name, p.currency, p.amount,
            p.received, o.commission + o.commission_vat + o.tax_by_platform, o.delivered_at,
            p.cash_reminded_at
        from payment p
        join payment_share share on share.payment_id = p.id
        join orders o on o.id = share.order_id
        join seller s on s.id = o.seller_id
        where p.capture = 'at_delivery' and p.state = 'authorized' and o.state = 'delivered'
        """

    /// Oldest first.
    func list(_ search: CashSearch, _ page: PageRequest) async throws -> Page<UnconfirmedCash> {
        let found: SQL =
            switch search {
            case .all: "true"
            case .overdue:
                """
                o.delivered_at <= market_now()
                    - \(UnconfirmedCash.overdueAfterDays)::integer * interval '1 day'
                """
            case .number(let number):
                """
                (o.number = upper(\(number)) or o.purchase_id = (
                    select id from purchase where purchase.number = upper(\(number))))
                """
            }
        let rows = try await db.query(
            """
            \(Self.rows) and \(found)
                and (\(page.afterID)::uuid is null or p.id > \(page.afterID)::uuid)
            order by p.id limit \(page.limit + 1)::bigint
            """
        ).decode(UnconfirmedCash.init)
        return Page(rows, limit: page.limit) { $0.payment.description }
    }

    func find(_ order: ID<Order>) async throws -> UnconfirmedCash? {
        try await db.query("\(Self.rows) and o.id = \(order)").decode(UnconfirmedCash.init).first
    }

    /// Marks those as reminded that are due and nobody was reminded of.
    func remind(limit: Int) async throws -> [UnconfirmedCash] {
        let due = try await db.query(
            """
            select p.id
            from payment p
            join payment_share share on share.payment_id = p.id
            join orders o on o.id = share.order_id
            where p.capture = 'at_delivery' and p.state = 'authorized'
                and p.cash_reminded_at is null and o.state = 'delivered'
                and o.delivered_at <= market_now()
                    - \(UnconfirmedCash.dueAfterDays)::integer * interval '1 day'
            order by p.id limit \(limit)::bigint
            for update of p skip locked
            """
        ).decode { c in try c.next(ID<Payment>.self) }
        if due.isEmpty { return [] }
        try await db.execute(
            """
            update payment set cash_reminded_at = market_now()
            where id = any(\(due)::uuid[]) and cash_reminded_at is null
            """)
        return try await db.query("\(Self.rows) and p.id = any(\(due)::uuid[]) order by p.id")
            .decode(UnconfirmedCash.init)
    }
}

extension UnconfirmedCash {
    fileprivate init(_ c: inout Columns) throws {
        payment = try c.next()
        purchase = try c.next()
        order = try c.next()
        orderNumber = try c.next()
        seller = try c.next()
        sellerName = try c.next()
        let currency: Currency = try c.next()
        amount = Money(try c.next(), currency)
        received = Money(try c.next(), currency)
        owed = Money(try c.next(), currency)
        deliveredAt = try c.next()
        remindedAt = try c.next()
    }
}

extension Queryable {
    var cashDue: CashDueStore { CashDueStore(db: self) }
}
