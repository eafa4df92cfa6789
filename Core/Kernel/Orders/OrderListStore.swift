import Postgres
import Vocabulary

/// Which orders an administrator or seller wants to see.
public struct OrderFilter: Sendable {
    public var state: Order.State?
    public var seller: ID<Seller>?
    /// The number of an order or of a purchase, as people type it.
    public var number: String?

    public init(state: Order.State? = nil, seller: ID<Seller>? = nil, number: String? = nil) {
        self.state = state
        self.seller = seller
        self.number = number
    }
}

/// Lists of orders, the newest first, by keyset.
struct OrderListStore {
    let db: any Queryable

    private static let columns: SQL = """
        o.id, o.number, o.purchase_id, o.seller_id, s.name, o.state, o.currency, o.total,
        o.seller_share, o.commission,
        (select sum(l.quantity) from order_line l where l.order_id = o.id)::integer,
        (select l.title from order_line l where l.order_id = o.id order by l.line limit 1),
        b.address->>'name', o.placed_at
        """

    func list(_ filter: OrderFilter, _ page: PageRequest) async throws -> Page<OrderSummary> {
        let after = page.after.flatMap(ID<Order>.init)
        let rows = try await db.query(
            """
            select \(Self.columns)
            from orders o join purchase b on b.id = o.purchase_id
                join seller s on s.id = o.seller_id
            where (\(after)::uuid is null or o.id < \(after)::uuid)\(Self.conditions(filter))
            order by o.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(OrderSummary.init)
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// Only what is asked for, so that each combination has its own plan on its own index.
    private static func conditions(_ filter: OrderFilter) -> SQL {
        var conditions: SQL = ""
        if let seller = filter.seller {
            conditions = "\(conditions) and o.seller_id = \(seller)"
        }
        if let state = filter.state { conditions = "\(conditions) and o.state = \(state)" }
        if let number = filter.number {
            let number = PurchaseNumber.normalized(number)
            conditions = """
                \(conditions) and o.id in (
                    select id from orders where number = \(number)
                    union all
                    select n.id from orders n join purchase p on p.id = n.purchase_id
                    where p.number = \(number))
                """
        }
        return conditions
    }
}

extension Queryable {
    var orderLists: OrderListStore { OrderListStore(db: self) }
}

extension OrderSummary {
    init(_ c: inout Columns) throws {
        id = try c.next()
        number = try c.next()
        purchase = try c.next()
        seller = try c.next()
        sellerName = try c.next()
        state = try c.next()
        let currency = try c.next(Currency.self)
        total = Money(try c.next(), currency)
        sellerShare = Money(try c.next(), currency)
        commission = Money(try c.next(), currency)
        lineCount = try c.next()
        firstTitle = try c.next()
        recipient = try c.next()
        placedAt = try c.next()
    }
}
