import Postgres
import Vocabulary

/// Which orders an administrator or seller wants to see.
public struct OrderFilter: Sendable {
    public var state: Order.State?
    public var seller: ID<Seller>?
    /// The number of an order or of a purchase, as people type it.
    public var number: String?
    /// Such a number, or how a word of the name on the parcel begins; among one seller's orders,
    /// and blank for all of them.
    public var text: String?

    /// Names are looked for in so many of a seller's newest orders: there is no index over the
    /// names of one seller's customers, and a year is what people ask about.
    public static let namesSearched = 5_000
    static let textLengthMax = 80

    public init(
        state: Order.State? = nil, seller: ID<Seller>? = nil, number: String? = nil,
        text: String? = nil
    ) {
        self.state = state
        self.seller = seller
        self.number = number
        self.text = text
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
        b.address->>'name', o.placed_at, k.gift_message, k.deliver_on::text
        """

    func list(_ filter: OrderFilter, _ page: PageRequest) async throws -> Page<OrderSummary> {
        let after = page.after.flatMap(ID<Order>.init)
        let rows = try await db.query(
            """
            select \(Self.columns)
            from orders o join purchase b on b.id = o.purchase_id
                join seller s on s.id = o.seller_id
                left join checkout_parcel k on k.checkout_id = b.checkout_id
                    and k.wallet_id = o.wallet_id
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
        if let text = filter.text, let seller = filter.seller {
            conditions = "\(conditions) and o.id in (\(found(text, of: seller)))"
        }
        return conditions
    }

    private static func found(_ text: String, of seller: ID<Seller>) -> SQL {
        let number = PurchaseNumber.normalized(text)
        return """
            select id from orders where number = \(number)
            union all
            select n.id from orders n join purchase p on p.id = n.purchase_id
            where p.number = \(number)
            union all
            select r.id from (
                select id, purchase_id from orders where seller_id = \(seller)
                order by id desc limit \(OrderFilter.namesSearched)::int
            ) r join purchase p on p.id = r.purchase_id
            where strpos(' ' || lower(p.address->>'name'), ' ' || lower(\(text)::text)) > 0
            """
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
        wishes = try ParcelWishes(&c)
    }
}
