import Postgres
import Vocabulary

/// The statements on what belongs to a purchase, each with the decoding of its rows.
enum PurchasePartStore {
    static func found(_ c: inout Columns) throws -> PurchaseFound {
        let (id, number) = (try c.next(ID<Purchase>.self), try c.next(String.self))
        let (email, recipient) = (try c.next(String.self), try c.next(String.self))
        let state: Purchase.State = try c.next()
        return PurchaseFound(
            id: id, number: number, email: email, recipient: recipient, state: state,
            total: Money(try c.next(), try c.next()), orderCount: try c.next(),
            placedAt: try c.next(), outcome: try PurchaseOutcome(&c))
    }

    static func orders(of purchase: ID<Purchase>) -> SQL {
        """
        select o.currency, o.id, o.number, o.purchase_id, p.number, o.seller_id, s.name, o.state,
            o.items_total, o.shipping_total, o.tax_total, o.tax_included, o.tax_by_platform,
            o.total, o.commission, o.commission_vat, o.seller_share, o.shipping_name, o.placed_at,
            o.hold_until, o.released_at
        from orders o
            join purchase p on p.id = o.purchase_id
            join seller s on s.id = o.seller_id
        where o.purchase_id = \(purchase)
        order by o.number
        """
    }

    static func order(
        _ c: inout Columns, _ lines: [LineCase], _ events: [EventCase], _ parcels: [ParcelCase],
        _ refunds: [Refund], _ left: [(order: ID<Order>, part: RefundPart)]
    ) throws -> OrderCase {
        let currency: Currency = try c.next()
        let id: ID<Order> = try c.next()
        return OrderCase(
            id: id, number: try c.next(), purchase: try c.next(), purchaseNumber: try c.next(),
            seller: try c.next(), sellerName: try c.next(), state: try c.next(),
            amounts: OrderAmounts(
                items: Money(try c.next(), currency), shipping: Money(try c.next(), currency),
                tax: Money(try c.next(), currency), taxIncluded: Money(try c.next(), currency),
                taxByPlatform: Money(try c.next(), currency), total: Money(try c.next(), currency),
                commission: Money(try c.next(), currency),
                commissionVAT: Money(try c.next(), currency),
                sellerShare: Money(try c.next(), currency)),
            shippingName: try c.next(), placedAt: try c.next(), holdUntil: try c.next(),
            releasedAt: try c.next(), lines: lines.filter { $0.order == id },
            events: events.filter { $0.order == id }, refunds: refunds.filter { $0.order == id },
            left: left.filter { $0.order == id }.map(\.part),
            shipments: parcels.filter { $0.order == id })
    }

    static func lines(of purchase: ID<Purchase>) -> SQL {
        """
        select o.currency, l.id, l.order_id, l.title, l.sku, l.options_text, l.quantity, l.shipped,
            l.withheld,
            l.unit_price, l.total, l.tax_amount, l.commission, l.commission_vat,
            l.commission_explanation, l.commission_reasoning
        from order_line l join orders o on o.id = l.order_id
        where o.purchase_id = \(purchase)
        order by l.order_id, l.line
        """
    }

    static func line(_ c: inout Columns) throws -> LineCase {
        let currency: Currency = try c.next()
        return LineCase(
            id: try c.next(), order: try c.next(), title: try c.next(), sku: try c.next(),
            optionsText: try c.next(), quantity: try c.next(), shipped: try c.next(),
            withheld: try c.next(),
            unitPrice: Money(try c.next(), currency), total: Money(try c.next(), currency),
            tax: Money(try c.next(), currency), commission: Money(try c.next(), currency),
            commissionVAT: Money(try c.next(), currency),
            commissionExplanation: try c.next(), commissionReasoning: try c.next())
    }

    static func events(of purchase: ID<Purchase>) -> SQL {
        """
        select e.order_id, e.at, e.kind, a.name, e.from_state, e.to_state, e.note
        from order_event e
            join orders o on o.id = e.order_id
            left join account a on a.id = e.actor_id
        where o.purchase_id = \(purchase)
        order by e.id
        """
    }

    static func event(_ c: inout Columns) throws -> EventCase {
        EventCase(
            order: try c.next(), at: try c.next(), kind: try c.next(), actorName: try c.next(),
            from: try c.next(), to: try c.next(), note: try c.next())
    }

    static func shipments(of purchase: ID<Purchase>) -> SQL {
        """
        select h.order_id, h.carrier, h.tracking_number, h.tracking_url, h.shipped_at
        from shipment h join orders o on o.id = h.order_id
        where o.purchase_id = \(purchase)
        order by h.id
        """
    }

    static func shipment(_ c: inout Columns) throws -> ParcelCase {
        ParcelCase(
            order: try c.next(), carrier: try c.next(), trackingNumber: try c.next(),
            trackingURL: try c.next(), shippedAt: try c.next())
    }

    static func payments(_ condition: SQL, limit: Int) -> SQL {
        """
        select p.currency, p.id, p.purchase_id, u.number, p.instance_id, i.name, p.method, p.state,
            p.amount, p.authorized, p.captured, p.refunded, p.received, p.excess, p.reference,
            coalesce(p.failure_message, p.failure_code), p.created_at,
            coalesce(k.label, p.method)
        from payment p
            join provider_instance i on i.id = p.instance_id
            left join payment_method k on k.instance_id = p.instance_id and k.code = p.method
            join purchase u on u.id = p.purchase_id
        where \(condition)
        order by p.id desc
        limit \(limit)::bigint
        """
    }

    static func payment(
        _ c: inout Columns, _ attempts: [AttemptCase], _ receipts: [PaymentReceipt] = []
    ) throws -> PaymentCase {
        let currency: Currency = try c.next()
        let id: ID<Payment> = try c.next()
        let (purchase, number) = (try c.next(ID<Purchase>.self), try c.next(String.self))
        let (instance, name) = (try c.next(ID<ProviderInstance>.self), try c.next(String.self))
        let (method, state) = (try c.next(String.self), try c.next(Payment.State.self))
        func money() throws -> Money { Money(try c.next(), currency) }
        let (amount, authorized) = (try money(), try money())
        let (captured, refunded) = (try money(), try money())
        let (received, excess) = (try money(), try money())
        let (reference, failure) = (try c.next(String?.self), try c.next(String?.self))
        let createdAt: Instant = try c.next()
        return PaymentCase(
            id: id, purchase: purchase, purchaseNumber: number, instance: instance,
            instanceName: name, method: method, methodName: try c.next(), state: state,
            amount: amount, authorized: authorized, captured: captured, refunded: refunded,
            received: received, excess: excess, reference: reference, failure: failure,
            createdAt: createdAt, attempts: attempts.filter { $0.payment == id },
            receipts: receipts.filter { $0.payment == id })
    }

    static func attempts(_ condition: SQL) -> SQL {
        """
        select p.currency, t.payment_id, t.created_at, t.kind, o.number, t.amount, t.state,
            t.tries, t.error, t.settled_at
        from payment_attempt t
            join payment p on p.id = t.payment_id
            left join orders o on o.id = t.order_id
        where \(condition)
        order by t.id
        """
    }

    static func attempt(_ c: inout Columns) throws -> AttemptCase {
        let currency: Currency = try c.next()
        return AttemptCase(
            payment: try c.next(), at: try c.next(), kind: try c.next(),
            orderNumber: try c.next(), amount: Money(try c.next(), currency),
            state: try c.next(), tries: try c.next(), error: try c.next(),
            settledAt: try c.next())
    }
}
