import Postgres
import Vocabulary

/// What the back office reads to lead from an id or a number to a page; nothing here changes a row.
struct MarketObjectStore {
    let db: any Queryable

    func list(_ names: Set<String>) async throws -> [String: MarketObject] {
        let ids = names.compactMap { ID<MarketObject>($0) }
        let others = names.filter { ID<MarketObject>($0) == nil }.sorted()
        var statements: [SQL] = []
        if !ids.isEmpty { statements += [Self.trade(ids), Self.people(ids), Self.money(ids)] }
        if !others.isEmpty { statements.append(Self.numbered(others)) }
        guard !statements.isEmpty else { return [:] }
        let answers = try await db.batch(statements)
        let found = try answers.flatMap { rows in
            try rows.decode { c in (try c.next(String.self), try MarketObject(&c)) }
        }
        return Dictionary(found.compactMap { name, object in object.map { (name, $0) } }) {
            first, _ in first
        }
    }

    /// Each row: what was asked for, the kind, the id and the name of what it leads to.
    private static func trade(_ ids: [ID<MarketObject>]) -> SQL {
        """
        select id::text, 'purchase', id::text, number from purchase where id = any(\(ids)::uuid[])
        union all
        select id::text, 'order', id::text, number from orders where id = any(\(ids)::uuid[])
        union all
        select p.id::text, 'payment', p.id::text, u.number
        from payment p join purchase u on u.id = p.purchase_id where p.id = any(\(ids)::uuid[])
        union all
        select r.id::text, 'order', o.id::text, o.number
        from refund r join orders o on o.id = r.order_id where r.id = any(\(ids)::uuid[])
        union all
        select d.id::text, 'purchase', u.id::text, u.number
        from dispute d join payment p on p.id = d.payment_id
            join purchase u on u.id = p.purchase_id
        where d.id = any(\(ids)::uuid[])
        union all
        select id::text, 'listing', id::text, title from listing where id = any(\(ids)::uuid[])
        union all
        select v.id::text, 'listing', l.id::text, l.title
        from variant v join listing l on l.id = v.listing_id where v.id = any(\(ids)::uuid[])
        union all
        select r.id::text, 'listing', l.id::text, l.title
        from review r join listing l on l.id = r.listing_id where r.id = any(\(ids)::uuid[])
        union all
        select id::text, 'category', id::text, name from category where id = any(\(ids)::uuid[])
        union all
        select id::text, 'attribute', id::text, name from attribute where id = any(\(ids)::uuid[])
        """
    }

    private static func people(_ ids: [ID<MarketObject>]) -> SQL {
        """
        select id::text, 'account', id::text, name from account where id = any(\(ids)::uuid[])
        union all
        select id::text, 'seller', id::text, name from seller where id = any(\(ids)::uuid[])
        union all
        select w.id::text, 'seller', s.id::text, s.name
        from wallet w join seller s on s.id = w.seller_id where w.id = any(\(ids)::uuid[])
        union all
        select x.id::text, 'seller', s.id::text, s.name
        from shipping_profile x join seller s on s.id = x.seller_id
        where x.id = any(\(ids)::uuid[])
        union all
        select x.id::text, 'seller', s.id::text, s.name
        from seller_rating x join seller s on s.id = x.seller_id where x.id = any(\(ids)::uuid[])
        union all
        select x.id::text, 'account', a.id::text, a.name
        from impersonation x join account a on a.id = x.account_id
        where x.id = any(\(ids)::uuid[])
        """
    }

    private static func money(_ ids: [ID<MarketObject>]) -> SQL {
        """
        select id::text, 'payout', id::text, right(id::text, 12) from payout
        where id = any(\(ids)::uuid[])
        union all
        select id::text, 'payout_plan', id::text, right(id::text, 12) from payout_plan
        where id = any(\(ids)::uuid[])
        union all
        select id::text, 'payout_file', id::text, coalesce(name, right(id::text, 12))
        from payout_file where id = any(\(ids)::uuid[])
        union all
        select id::text, 'provider', id::text, name from provider_instance
        where id = any(\(ids)::uuid[])
        union all
        select id::text, 'invoice', id::text, number::text from commission_invoice
        where id = any(\(ids)::uuid[])
        union all
        select id::text, 'bank_report', id::text, right(id::text, 12) from bank_report
        where id = any(\(ids)::uuid[])
        """
    }

    private static func numbered(_ names: [String]) -> SQL {
        """
        select number, 'purchase', id::text, number from purchase
        where number = any(\(names)::text[])
        union all
        select number, 'order', id::text, number from orders where number = any(\(names)::text[])
        union all
        select d.reference, 'purchase', u.id::text, u.number
        from dispute d join payment p on p.id = d.payment_id
            join purchase u on u.id = p.purchase_id
        where d.reference = any(\(names)::text[])
        """
    }
}

extension MarketObject {
    /// Nil for a kind that there is no page for.
    fileprivate init?(_ c: inout Columns) throws {
        let (kind, id) = (try c.next(String.self), try c.next(String.self))
        let name: String = try c.next()
        guard let kind = Kind(rawValue: kind) else { return nil }
        self.kind = kind
        self.id = id
        self.name = name
    }
}

extension Queryable {
    var marketObjects: MarketObjectStore { MarketObjectStore(db: self) }
}
