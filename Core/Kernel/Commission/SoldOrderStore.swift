import Postgres
import Vocabulary

/// What was frozen with an order, as far as commission goes by it.
struct SoldOrderFacts: Sendable {
    struct Line: Sendable {
        let listing: ID<Listing>
        let categoryPath: [ID<Category>]
        let unitPrice: Money
        let quantity: Int
        let total: Money
        let base: CommissionBase
        /// In minor units.
        let commission: Int64

        func commissionLine(shipping: CommissionBase, of order: SoldOrderFacts) -> CommissionLine {
            CommissionLine(
                seller: order.seller, listing: listing, categoryPath: categoryPath,
                unitPrice: unitPrice, quantity: quantity, goods: base, shipping: shipping,
                isShippingOwn: order.isShippingOwn)
        }
    }

    let id: ID<Order>
    let seller: ID<Seller>
    let sellerName: String
    let placedAt: Instant
    let commission: Money
    let shipping: CommissionBase
    /// Its seller priced the shipping.
    let isShippingOwn: Bool
    let lines: [Line]
}

/// Orders that were sold, for simulations.
struct SoldOrderStore {
    let db: any Queryable

    /// Paid orders that were not cancelled, by their ids.
    func list(
        since: Instant, after: ID<Order>?, limit: Int
    ) async throws -> [SoldOrderFacts] {
        let wanted: SQL = """
            select o.id from orders o
            where o.placed_at >= \(since) and o.state not in ('awaiting_payment', 'cancelled')
                and (\(after)::uuid is null or o.id > \(after)::uuid)
            order by o.id limit \(limit)::bigint
            """
        let answers = try await db.batch([
            """
            select l.order_id, o.currency, l.listing_id, l.category_path, l.unit_price, l.quantity,
                l.total, greatest(0, l.tax_by_platform - l.tax_on_top),
                l.tax_amount - l.tax_on_top, l.commission
            from order_line l join orders o on o.id = l.order_id
            where l.order_id in (\(wanted)) order by l.order_id, l.line
            """,
            """
            select o.id, o.currency, o.seller_id, s.name, o.placed_at, o.commission,
                o.shipping_total, greatest(0, o.tax_by_platform - lines.by_platform
                    - (o.tax_total - lines.on_top)),
                o.tax_included - lines.included,
                o.shipping_code = \(OwnRates.code) and o.shipping_instance_id is null
            from orders o join seller s on s.id = o.seller_id
            cross join lateral (
                select sum(tax_by_platform)::bigint as by_platform,
                    sum(tax_on_top)::bigint as on_top,
                    sum(tax_amount - tax_on_top)::bigint as included
                from order_line where order_id = o.id
            ) lines
            where o.id in (\(wanted)) order by o.id
            """,
        ])
        let lines = try answers[0].decode { c in
            (order: try c.next(ID<Order>.self), line: try SoldOrderFacts.Line(&c))
        }
        let byOrder = Dictionary(grouping: lines, by: \.order)
        return try answers[1].decode { c in
            let id = try c.next(ID<Order>.self)
            let currency = try c.next(Currency.self)
            return SoldOrderFacts(
                id: id, seller: try c.next(), sellerName: try c.next(), placedAt: try c.next(),
                commission: Money(try c.next(), currency),
                shipping: try CommissionBase(&c, currency),
                isShippingOwn: try c.next(Bool?.self) ?? false,
                lines: (byOrder[id] ?? []).map(\.line))
        }
    }
}

extension SoldOrderFacts.Line {
    fileprivate init(_ c: inout Columns) throws {
        let currency = try c.next(Currency.self)
        listing = try c.next()
        categoryPath = try c.next()
        unitPrice = Money(try c.next(), currency)
        quantity = try c.next()
        let total = try c.next(Int64.self)
        self.total = Money(total, currency)
        base = CommissionBase(
            gross: Money(total - (try c.next(Int64.self)), currency),
            net: Money(total - (try c.next(Int64.self)), currency))
        commission = try c.next()
    }
}

extension CommissionBase {
    /// A price, the tax inside it that the platform hands on, and all tax inside it.
    fileprivate init(_ c: inout Columns, _ currency: Currency) throws {
        let price = try c.next(Int64.self)
        self.init(
            gross: Money(price - (try c.next(Int64.self)), currency),
            net: Money(price - (try c.next(Int64.self)), currency))
    }
}

extension Queryable {
    var soldOrders: SoldOrderStore { SoldOrderStore(db: self) }
}
