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

    /// What bookings changed of what sellers are to be invoiced, in their transaction: nothing for
    /// one that was in the books before.
    /// - Parameter keys: of sales that were paid to the seller, and of refunds of such.
    static func chargeStatement(of keys: [String]) -> SQL {
        """
        insert into unbilled_charge (order_id, seller_id, currency, commission, commission_vat,
            tax_by_platform)
        select orders.id, orders.seller_id, entry.currency,
            coalesce(sum(entry.amount) filter (where account.kind = 'commission'), 0),
            coalesce(sum(entry.amount) filter (where account.kind = 'commission_vat'), 0),
            coalesce(sum(entry.amount) filter (where account.kind = 'tax_payable'), 0)
        from ledger_transaction posting
        join ledger_entry entry on entry.transaction_id = posting.id
        join ledger_account account on account.id = entry.account_id
        join orders on orders.id = entry.order_id
        where posting.key = any(\(keys)::text[]) and posting.xid = pg_current_xact_id()
        group by posting.id, orders.id, entry.currency
        """
    }

    /// One for each seller and currency with something to invoice of sales that were booked before
    /// `until`: what was frozen of them less what has gone back by now. Of an order that an invoice
    /// has already, what went back since then corrects that one.
    ///
    /// A seller of whom more went back than was sold is charged nothing below zero: all of it stays
    /// for the next month.
    func issue(of month: Instant, until: Instant) async throws -> [CommissionInvoice] {
        try await db.query(
            """
            with sold as materialized (
                select waiting.order_id, waiting.seller_id, waiting.currency,
                    sum(commission) as commission, sum(commission_vat) as commission_vat,
                    sum(tax_by_platform) as tax_by_platform,
                    sum(commission) <> 0 or sum(commission_vat) <> 0
                        or sum(tax_by_platform) <> 0 as is_charged
                from unbilled_charge waiting
                join ledger_transaction sale on sale.key = 'sale:' || waiting.order_id
                where sale.booked_at < \(until) and not exists (
                    select from commission_invoice known
                    where known.seller_id = waiting.seller_id
                        and known.currency = waiting.currency and known.month = \(month)::date)
                group by waiting.order_id, waiting.seller_id, waiting.currency
            ), i as (
                insert into commission_invoice (id, number, seller_id, currency, month, commission,
                    commission_vat, tax_by_platform)
                select gen_random_uuid(),
                    (select coalesce(max(number), 0) from commission_invoice)
                        + row_number() over (order by seller_id, currency),
                    seller_id, currency, \(month)::date, sum(commission), sum(commission_vat),
                    sum(tax_by_platform)
                from sold where is_charged
                group by seller_id, currency
                having sum(commission) >= 0 and sum(commission_vat) >= 0
                    and sum(tax_by_platform) >= 0
                returning *
            ), lines as (
                insert into commission_invoice_line (invoice_id, order_id, commission,
                    commission_vat, tax_by_platform, corrects)
                select i.id, sold.order_id, sold.commission, sold.commission_vat,
                    sold.tax_by_platform, (
                        select own.invoice_id from commission_invoice_line own
                        where own.order_id = sold.order_id and own.corrects is null)
                from sold join i on i.seller_id = sold.seller_id and i.currency = sold.currency
                where sold.is_charged
                returning 1
            ), billed as (
                delete from unbilled_charge waiting using sold
                where waiting.order_id = sold.order_id and (not sold.is_charged or exists (
                    select from i
                    where i.seller_id = sold.seller_id and i.currency = sold.currency))
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

    /// At most a thousand: sales by order, then what corrects earlier invoices.
    func lines(of invoice: CommissionInvoice) async throws -> [CommissionInvoiceLine] {
        let currency = invoice.commission.currency
        return try await db.query(
            """
            select l.order_id, o.number, l.commission, l.commission_vat, l.tax_by_platform,
                corrected.number
            from commission_invoice_line l
            join orders o on o.id = l.order_id
            left join commission_invoice corrected on corrected.id = l.corrects
            where l.invoice_id = \(invoice.id)
            order by l.corrects is not null, l.order_id limit 1000
            """
        ).decode { c in
            CommissionInvoiceLine(
                order: try c.next(), orderNumber: try c.next(),
                commission: Money(try c.next(), currency),
                commissionVAT: Money(try c.next(), currency),
                taxByPlatform: Money(try c.next(), currency), corrects: try c.next())
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
