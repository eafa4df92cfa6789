import Postgres
import Vocabulary

/// Every statement on orders, their lines and their timeline; lists are in `OrderListStore`.
struct OrderStore {
    let db: any Queryable

    static let columns: SQL = """
        o.id, o.number, o.purchase_id, b.number, o.seller_id, s.name, s.slug, o.wallet_id, o.state,
        o.currency, o.items_total, o.shipping_total, o.tax_total, o.tax_included,
        o.tax_by_platform, o.total, o.commission, o.commission_vat, o.seller_share,
        o.shipping_name, o.placed_at, o.paid_at, o.shipped_at, o.delivered_at, o.hold_until,
        o.cancelled_at, o.hold_days
        """

    private static let from: SQL = """
        orders o join purchase b on b.id = o.purchase_id join seller s on s.id = o.seller_id
        """

    /// Locks an order.
    func lock(_ id: ID<Order>) async throws -> Order? {
        try await db.query(
            "select \(Self.columns) from \(Self.from) where o.id = \(id) for update of o"
        ).decode(Order.init).first
    }

    /// Whether the hold of an order is over.
    func isReleased(_ id: ID<Order>) async throws -> Bool {
        try await !db.query(
            "select id from orders where id = \(id) and released_at is not null"
        ).isEmpty
    }

    /// What of an order `o` is to be taken at its shipment, in minor units.
    private static let held: SQL = """
        coalesce((
            select p.amount - p.called_off
            from payment_share p join payment y on y.id = p.payment_id
            where p.order_id = o.id and p.captured = 0 and o.state = 'paid'
                and y.capture = 'at_shipment' and y.state in ('authorized', 'captured')
            limit 1), 0)::bigint
        """

    /// Everything about orders, in the order of their numbers.
    func details(_ ids: [ID<Order>]) async throws -> [OrderDetail] {
        let wanted: SQL = "\(ids)::uuid[]"
        let statements: [SQL] = [
            """
            select \(Self.columns), b.address, coalesce((
                select sum(p.captured - p.refunded - p.refund_claimed)
                from payment_share p where p.order_id = o.id), 0)::bigint, \(Self.held), exists (
                select from payment_share p join payment y on y.id = p.payment_id
                where p.order_id = o.id and y.is_direct and y.state = 'captured'), (
                select p.amount - y.received
                from payment_share p join payment y on y.id = p.payment_id
                where p.order_id = o.id and y.capture = 'at_delivery' and y.state = 'authorized'
                    and o.state not in ('awaiting_payment', 'cancelled') limit 1)::bigint,
                k.gift_message, k.deliver_on::text,
                case when person.language_at > b.placed_at then person.language
                    else coalesce(b.language, person.language) end
            from \(Self.from)
            left join account person on person.id = b.account_id
            left join checkout_parcel k on k.checkout_id = b.checkout_id
                and k.wallet_id = o.wallet_id
            where o.id = any(\(ids)::uuid[]) order by o.purchase_id, length(o.number), o.number
            """,
            """
            select l.id, l.order_id, o.currency, l.line, l.listing_id, l.variant_id, l.title, l.sku,
                l.options_text, l.image_hash, l.quantity, l.unit_price, l.total, l.tax_rate_ppm,
                l.tax_amount, l.tax_included, l.commission, l.commission_vat,
                l.commission_explanation, l.commission_reasoning, l.shipped, l.withheld,
                l.restocked
            from order_line l join orders o on o.id = l.order_id
            where l.order_id = any(\(ids)::uuid[]) order by l.order_id, l.line
            """,
            """
            select h.id, h.order_id, h.carrier, h.tracking_number, h.tracking_url, h.shipped_at,
                h.arrived_at, array_agg(l.order_line_id), array_agg(l.quantity)
            from shipment h join shipment_line l on l.shipment_id = h.id
            where h.order_id = any(\(ids)::uuid[]) group by h.id order by h.id
            """,
            """
            select order_id, at, kind, from_state, to_state, note from order_event
            where order_id = any(\(ids)::uuid[]) order by id
            """,
        ]
        let answers = try await db.batch(
            statements + RefundStore.listStatements(of: wanted) + [
                RefundStore.leftStatement(of: wanted)
            ])
        let lines = try answers[1].decode(OrderLine.init)
        let shipments = try answers[2].decode(Shipment.init)
        let events = try answers[3].decode { c in
            (try c.next(ID<Order>.self), try OrderEvent(&c))
        }
        let refunds = try RefundStore.decode(answers[4], answers[5])
        let left = try answers[6].decode { c in
            (try c.next(ID<Order>.self), try RefundPart(&c))
        }
        return try answers[0].decode { c in
            let order = try Order(&c)
            let currency = order.amounts.total.currency
            let address = try c.next(JSON<Address>.self).value
            return OrderDetail(
                order: order, lines: lines.filter { $0.order == order.id },
                shipments: shipments.filter { $0.order == order.id },
                events: events.filter { $0.0 == order.id }.map(\.1),
                refunds: refunds.filter { $0.order == order.id }, address: address,
                refundable: Money(try c.next(), currency), reserved: Money(try c.next(), currency),
                left: left.filter { $0.0 == order.id }.map(\.1), isPaidDirectly: try c.next(),
                toCollect: try c.next(Int64?.self).map { Money($0, currency) },
                wishes: try ParcelWishes(&c), language: try c.next())
        }
    }

    func ids(of purchase: ID<Purchase>) async throws -> [ID<Order>] {
        try await db.query(
            """
            select id from orders where purchase_id = \(purchase)
            order by length(number), number limit 100
            """
        ).decode { c in try c.next() }
    }

    func lines(of order: ID<Order>) async throws -> [OrderLine] {
        try await db.query(
            """
            select l.id, l.order_id, o.currency, l.line, l.listing_id, l.variant_id, l.title, l.sku,
                l.options_text, l.image_hash, l.quantity, l.unit_price, l.total, l.tax_rate_ppm,
                l.tax_amount, l.tax_included, l.commission, l.commission_vat,
                l.commission_explanation, l.commission_reasoning, l.shipped, l.withheld,
                l.restocked
            from order_line l join orders o on o.id = l.order_id
            where l.order_id = \(order) order by l.line
            """
        ).decode(OrderLine.init)
    }

    /// Whether the order is the buyer's.
    func belongs(_ id: ID<Order>, to buyer: Buyer) async throws -> Bool {
        try await !db.query(
            """
            select o.id from orders o join purchase b on b.id = o.purchase_id
            where o.id = \(id) and (b.account_id = \(buyer.account)::uuid
                or b.guest_token_hash = \(buyer.guestTokenHash)::bytea)
            """
        ).isEmpty
    }

    /// Moves a locked order on, with an entry in its timeline.
    static func moveStatements(
        _ order: Order, to state: Order.State, _ kind: String, note: String? = nil,
        by actor: ID<Account>?
    ) -> [SQL] {
        let times: SQL =
            switch state {
            case .shipped: ", shipped_at = market_now()"
            case .cancelled: ", cancelled_at = market_now()"
            case .delivered:
                """
                , delivered_at = market_now(),
                hold_until = market_now() + hold_days * interval '1 day'
                """
            case .awaitingPayment, .paid, .partlyShipped: ""
            }
        return [
            """
            update orders set state = \(state)\(times)
            where id = \(order.id) and state = \(order.state)
            """,
            """
            insert into order_event (order_id, actor_id, kind, from_state, to_state, note)
            values (\(order.id), \(actor), \(kind), \(order.state), \(state), \(note))
            """,
        ]
    }

    /// An entry in the timeline that changes no state.
    static func noteStatement(
        _ order: ID<Order>, _ kind: String, note: String?, by actor: ID<Account>? = nil
    ) -> SQL {
        """
        insert into order_event (order_id, actor_id, kind, note)
        values (\(order), \(actor), \(kind), \(note))
        """
    }

    static func shipStatements(
        _ id: ID<Shipment>, of order: ID<Order>, _ parcel: ShippedParcel, _ lines: [ShippedLine]
    ) -> [SQL] {
        [
            """
            insert into shipment (id, order_id, carrier, tracking_number, tracking_url, shipped_at)
            values (\(id), \(order), \(parcel.carrier), \(parcel.trackingNumber),
                \(parcel.trackingURL), market_now())
            """,
            """
            insert into shipment_line (shipment_id, order_line_id, quantity)
            select \(id)::uuid, t.* from unnest(\(lines.map(\.line))::uuid[],
                \(lines.map(\.quantity))::integer[]) t
            """,
            """
            update order_line l set shipped = l.shipped + t.quantity
            from unnest(\(lines.map(\.line))::uuid[], \(lines.map(\.quantity))::integer[])
                t(id, quantity)
            where l.id = t.id
            """,
        ]
    }

    /// Orders on their way for longer than `days`, the oldest first.
    func listLongOnTheWay(days: Int, limit: Int) async throws -> [ID<Order>] {
        try await db.query(
            """
            select id from orders
            where state = 'shipped' and shipped_at <= market_now() - \(days)::int * interval '1 day'
            order by shipped_at limit \(limit)::bigint
            """
        ).decode { c in try c.next() }
    }
}

extension Queryable {
    var orders: OrderStore { OrderStore(db: self) }
}

extension Order {
    init(_ c: inout Columns) throws {
        id = try c.next()
        number = try c.next()
        purchase = try c.next()
        purchaseNumber = try c.next()
        seller = try c.next()
        sellerName = try c.next()
        sellerSlug = try c.next()
        wallet = try c.next()
        state = try c.next()
        let currency = try c.next(Currency.self)
        amounts = OrderAmounts(
            items: Money(try c.next(), currency), shipping: Money(try c.next(), currency),
            tax: Money(try c.next(), currency), taxIncluded: Money(try c.next(), currency),
            taxByPlatform: Money(try c.next(), currency), total: Money(try c.next(), currency),
            commission: Money(try c.next(), currency),
            commissionVAT: Money(try c.next(), currency),
            sellerShare: Money(try c.next(), currency))
        shippingName = try c.next()
        placedAt = try c.next()
        paidAt = try c.next()
        shippedAt = try c.next()
        deliveredAt = try c.next()
        holdUntil = try c.next()
        cancelledAt = try c.next()
        holdDays = try c.next()
    }
}

extension OrderLine {
    init(_ c: inout Columns) throws {
        id = try c.next()
        order = try c.next()
        let currency = try c.next(Currency.self)
        number = try c.next()
        listing = try c.next()
        variant = try c.next()
        title = try c.next()
        sku = try c.next()
        optionsText = try c.next()
        imageHash = try c.next()
        quantity = try c.next()
        unitPrice = Money(try c.next(), currency)
        total = Money(try c.next(), currency)
        taxRate = try c.next()
        tax = Money(try c.next(), currency)
        taxIncluded = try c.next()
        commission = Money(try c.next(), currency)
        commissionVAT = Money(try c.next(), currency)
        commissionExplanation = try c.next()
        commissionReasoning = try c.next()
        shipped = try c.next()
        withheld = try c.next()
        restocked = try c.next()
    }
}

extension Shipment {
    init(_ c: inout Columns) throws {
        id = try c.next()
        order = try c.next()
        carrier = try c.next()
        trackingNumber = try c.next()
        trackingURL = try c.next()
        shippedAt = try c.next()
        arrivedAt = try c.next()
        let ids = try c.next([ID<OrderLine>].self)
        let quantities = try c.next([Int].self)
        lines = zip(ids, quantities).map { ShippedLine(line: $0, quantity: $1) }
    }
}

extension OrderEvent {
    init(_ c: inout Columns) throws {
        at = try c.next()
        kind = try c.next()
        from = try c.next()
        to = try c.next()
        note = try c.next()
    }
}
