import Postgres
import ProviderKit
import Vocabulary

/// Every statement on what came of payments.
struct ReceiptStore {
    let db: any Queryable

    /// What came of the payments of a purchase, in the order in which it was written.
    static func listStatement(of purchase: ID<Purchase>) -> SQL {
        """
        select p.currency, r.payment_id, o.number, s.name, r.id, r.amount, r.received_at,
            r.is_final, a.name, r.note, r.recorded_at
        from payment p
            join payment_receipt r on r.payment_id = p.id
            left join orders o on o.id = r.order_id
            left join seller s on s.id = o.seller_id
            left join account a on a.id = r.confirmed_by
        where p.purchase_id = \(purchase)
        order by r.recorded_at, r.id
        limit 500
        """
    }

    /// How the shares of a payment stand that are paid by themselves, in their orders' order.
    func stands(of id: ID<Payment>?) async throws -> [ShareStand] {
        guard let id else { return [] }
        return try await db.query(
            """
            select p.currency, s.order_id, s.amount, coalesce(sum(r.amount), 0)::bigint,
                coalesce(sum(r.amount) filter (where r.is_final), 0)::bigint
            from payment p
                join payment_share s on s.payment_id = p.id
                left join payment_receipt r
                    on r.payment_id = s.payment_id and r.order_id = s.order_id
            where p.id = \(id)
            group by p.currency, s.order_id, s.amount
            order by s.order_id
            """
        ).decode(ShareStand.init)
    }

    /// A payment that its provider has begun, with all that a person said came of it, as of one
    /// moment.
    func confirmation(
        of id: ID<Payment>, isEnded: Bool
    ) async throws -> PaymentConfirmation? {
        let rows = try await db.query(
            """
            select p.reference, p.currency, p.amount, p.version, r.id, r.amount, r.received_at
            from payment p left join payment_receipt r on r.payment_id = p.id
            where p.id = \(id) and p.reference is not null
            order by r.recorded_at, r.id
            """
        ).decode { c in try ConfirmationRow(&c) }
        guard let first = rows.first else { return nil }
        return PaymentConfirmation(
            reference: first.reference, paymentID: id.description, amount: first.amount,
            receipts: rows.compactMap(\.receipt), isEnded: isEnded, version: first.version + 1)
    }

    /// Keeps what the provider says came, and forgets what it said before and vanished.
    static func keepStatement(_ receipts: [Receipt], of payment: Payment) -> SQL {
        let orders = receipts.map { $0.orderID ?? "" }
        let ids = receipts.map(\.id)
        let moments = receipts.map(\.at.microsecondsSince1970)
        return """
            with vanished as (
                delete from payment_receipt
                where payment_id = \(payment.id) and not is_final
                    and id <> all(\(ids)::text[])
            )
            insert into payment_receipt (payment_id, instance_id, id, amount, received_at, is_final,
                order_id)
            select \(payment.id)::uuid, \(payment.instance)::uuid, (\(ids)::text[])[n],
                (\(receipts.map(\.amount.amount))::bigint[])[n],
                timestamptz 'epoch' + (\(moments)::bigint[])[n] * interval '1 microsecond',
                (\(receipts.map(\.isFinal))::boolean[])[n],
                nullif((\(orders)::text[])[n], '')::uuid
            from generate_series(1, \(receipts.count)::integer) n
            on conflict (payment_id, id) do update
            set is_final = payment_receipt.is_final or excluded.is_final
            """
    }

    /// Keeps what a person says came. The payment's version goes up by two: a reading of it from
    /// before cannot overwrite one from after.
    static func confirmStatement(
        _ receipt: Receipt, of payment: Payment, note: String?, by account: ID<Account>?
    ) -> SQL {
        """
        with receipt_made as (
            insert into payment_receipt (payment_id, instance_id, id, amount, received_at, is_final,
                confirmed_by, note)
            values (\(payment.id), \(payment.instance), \(receipt.id), \(receipt.amount.amount),
                \(receipt.at), true, \(account), \(note))
        )
        update payment set received = received + \(receipt.amount.amount), version = version + 2,
            excess = greatest(received + \(receipt.amount.amount) - amount, 0), reviewed_at = null
        where id = \(payment.id)
        """
    }

    /// Somebody looked at money that does not fit; false when there is nothing to look at.
    func review(_ id: ID<Payment>) async throws -> Bool {
        try await db.execute(
            """
            update payment set reviewed_at = now()
            where id = \(id) and \(Self.toReview)
            """) == 1
    }

    /// More came than was asked for, or it came for a payment that is over.
    static let toReview: SQL = """
        received > 0 and reviewed_at is null
            and (excess > 0 or state in ('late', 'failed', 'voided'))
        """

    /// Whether a refusal of the database says that this arrival counts for another payment.
    static func isUsedAlready(_ error: PostgresError) -> Bool {
        error.constraint == "payment_receipt_once" || error.constraint == "payment_receipt_pkey"
    }
}

extension Queryable {
    var receipts: ReceiptStore { ReceiptStore(db: self) }
}

private struct ConfirmationRow {
    let reference: String
    let amount: Money
    let version: Int64
    let receipt: Receipt?

    init(_ c: inout Columns) throws {
        reference = try c.next()
        let currency = try c.next(Currency.self)
        amount = Money(try c.next(), currency)
        version = try c.next()
        let id = try c.next(String?.self)
        let part = try c.next(Int64?.self)
        let moment = try c.next(Instant?.self)
        if let id, let part, let moment {
            receipt = Receipt(id: id, amount: Money(part, currency), at: moment)
        } else {
            receipt = nil
        }
    }
}

extension ShareStand {
    init(_ c: inout Columns) throws {
        let currency = try c.next(Currency.self)
        order = try c.next()
        amount = Money(try c.next(), currency)
        received = Money(try c.next(), currency)
        certain = Money(try c.next(), currency)
    }
}

extension PaymentReceipt {
    init(_ c: inout Columns) throws {
        let currency = try c.next(Currency.self)
        payment = try c.next()
        orderNumber = try c.next()
        sellerName = try c.next()
        id = try c.next()
        amount = Money(try c.next(), currency)
        receivedAt = try c.next()
        isFinal = try c.next()
        confirmedBy = try c.next()
        note = try c.next()
        recordedAt = try c.next()
    }
}
