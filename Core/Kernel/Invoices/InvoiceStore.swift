import Postgres
import Vocabulary

/// Every statement on commission invoices.
struct InvoiceStore {
    let db: any Queryable

    private static let columns: SQL = """
        i.id, i.number, i.seller_id, s.name, to_char(i.month, 'YYYY-MM'), i.currency, i.commission,
        i.commission_vat, i.tax_by_platform, i.issued_at
        """

    /// One who numbers at a time, until the transaction ends.
    func lock() async throws {
        try await db.execute("lock table commission_invoice in share row exclusive mode")
    }

    /// One for each seller and currency with direct sales in that time which were not invoiced.
    func issue(from: Instant, until: Instant) async throws -> [CommissionInvoice] {
        try await db.query(
            """
            with sold as materialized (
                select o.id, o.seller_id, o.currency, o.commission, o.commission_vat,
                    o.tax_by_platform
                from payment p
                    join payment_share share on share.payment_id = p.id
                    join orders o on o.id = share.order_id
                where p.is_direct and p.state = 'captured' and o.paid_at >= \(from)
                    and o.paid_at < \(until)
                    and o.commission + o.commission_vat + o.tax_by_platform > 0
                    and not exists (
                        select from commission_invoice_line line where line.order_id = o.id)
                    and not exists (
                        select from commission_invoice known
                        where known.seller_id = o.seller_id and known.currency = o.currency
                            and known.month = \(from)::date)
            ), i as (
                insert into commission_invoice (id, number, seller_id, currency, month, commission,
                    commission_vat, tax_by_platform)
                select gen_random_uuid(),
                    (select coalesce(max(number), 0) from commission_invoice)
                        + row_number() over (order by seller_id, currency),
                    seller_id, currency, \(from)::date, sum(commission), sum(commission_vat),
                    sum(tax_by_platform)
                from sold group by seller_id, currency
                returning *
            ), lines as (
                insert into commission_invoice_line
                select i.id, sold.id, sold.commission, sold.commission_vat, sold.tax_by_platform
                from sold join i on i.seller_id = sold.seller_id and i.currency = sold.currency
                returning 1
            )
            select \(Self.columns) from i join seller s on s.id = i.seller_id order by i.number
            """
        ).decode(CommissionInvoice.init)
    }

    func find(_ id: ID<CommissionInvoice>) async throws -> CommissionInvoice? {
        try await db.query(
            """
            select \(Self.columns) from commission_invoice i join seller s on s.id = i.seller_id
            where i.id = \(id)
            """
        ).decode(CommissionInvoice.init).first
    }

    func list(
        of seller: ID<Seller>?, _ page: PageRequest
    ) async throws -> Page<CommissionInvoice> {
        let before = page.after.flatMap { Int64($0) } ?? Int64.max
        let ofSeller: SQL = seller.map { "i.seller_id = \($0)" } ?? "true"
        let rows = try await db.query(
            """
            select \(Self.columns) from commission_invoice i join seller s on s.id = i.seller_id
            where \(ofSeller) and i.number < \(before)
            order by i.number desc limit \(page.limit + 1)::bigint
            """
        ).decode(CommissionInvoice.init)
        return Page(rows, limit: page.limit) { String($0.number) }
    }

    /// At most a thousand, by order.
    func lines(of invoice: CommissionInvoice) async throws -> [CommissionInvoiceLine] {
        let currency = invoice.commission.currency
        return try await db.query(
            """
            select l.order_id, o.number, l.commission, l.commission_vat, l.tax_by_platform
            from commission_invoice_line l join orders o on o.id = l.order_id
            where l.invoice_id = \(invoice.id) order by l.order_id limit 1000
            """
        ).decode { c in
            CommissionInvoiceLine(
                order: try c.next(), orderNumber: try c.next(),
                commission: Money(try c.next(), currency),
                commissionVAT: Money(try c.next(), currency),
                taxByPlatform: Money(try c.next(), currency))
        }
    }
}

extension Queryable {
    var invoices: InvoiceStore { InvoiceStore(db: self) }
}

extension CommissionInvoice {
    fileprivate init(_ c: inout Columns) throws {
        id = try c.next()
        number = try c.next()
        seller = try c.next()
        sellerName = try c.next()
        month = try c.next()
        let currency = try c.next(Currency.self)
        commission = Money(try c.next(), currency)
        commissionVAT = Money(try c.next(), currency)
        taxByPlatform = Money(try c.next(), currency)
        issuedAt = try c.next()
    }
}
