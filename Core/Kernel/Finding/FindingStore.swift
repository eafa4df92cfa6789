import Postgres
import Vocabulary

/// What the back office finds by what somebody typed; nothing here changes a row.
struct FindingStore {
    let db: any Queryable

    private static let limit = 10
    /// So many titles that contain something alike are compared, so that a frequent word is quick.
    private static let titlesCompared = 500

    func find(_ text: String, among kinds: Set<Finding.Kind>) async throws -> [Finding] {
        let kinds = Finding.Kind.allCases.filter(kinds.contains)
        let answers = try await db.batch(kinds.map { Self.statement($0, text) })
        return try zip(kinds, answers).flatMap { kind, rows in
            try rows.decode { c in try Finding(kind, &c) }
        }
    }

    private static func statement(_ kind: Finding.Kind, _ text: String) -> SQL {
        // Ids of all things look alike.
        let id = ID<Finding>(text)
        switch kind {
        case .purchase: return purchases(text, id)
        case .seller: return sellers(text, id)
        case .account: return accounts(text, id)
        case .listing: return listings(text, id)
        case .payout: return payouts(text, id)
        case .dispute: return disputes(text, id)
        }
    }

    private static func purchases(_ text: String, _ id: ID<Finding>?) -> SQL {
        let condition: SQL =
            id.map { id in
                """
                p.id in (
                    select id from purchase where id = \(id)
                    union all select purchase_id from orders where id = \(id)
                    union all select purchase_id from payment where id = \(id)
                )
                """
            } ?? PurchaseCaseStore.condition(.text(text))
        return """
            select p.id, p.number, p.email, p.state, p.total, p.currency, p.placed_at
            from purchase p where \(condition)
            order by p.id desc limit \(limit)::bigint
            """
    }

    private static func sellers(_ text: String, _ id: ID<Finding>?) -> SQL {
        let condition: SQL =
            id.map { id in "id = \(id)" }
                ?? """
                id in (
                    select id from seller where slug = lower(\(text))
                    union all select id from seller where lower(name) %> lower(\(text))
                )
                """
        return """
            select id, name, slug, state, null::bigint, null::text, created_at from seller
            where \(condition)
            order by word_similarity(lower(\(text)), lower(name)) desc, id
            limit \(limit)::bigint
            """
    }

    private static func accounts(_ text: String, _ id: ID<Finding>?) -> SQL {
        let condition: SQL =
            id.map { id in "id = \(id)" } ?? "email = \(text.lowercased())"
        return """
            select id, name, email, null::text, null::bigint, null::text, created_at from account
            where \(condition)
            """
    }

    private static func listings(_ text: String, _ id: ID<Finding>?) -> SQL {
        let condition: SQL =
            id.map { id in "id = \(id)" } ?? "lower(title) %> lower(\(text))"
        return """
            select l.id, l.title, s.name, l.state, l.price_from, l.currency, l.created_at
            from (
                select * from listing where \(condition) limit \(titlesCompared)::bigint
            ) l
            join seller s on s.id = l.seller_id
            order by word_similarity(lower(\(text)), lower(l.title)) desc, l.id desc
            limit \(limit)::bigint
            """
    }

    private static func payouts(_ text: String, _ id: ID<Finding>?) -> SQL {
        let condition: SQL = id.map { id in "p.id = \(id)" } ?? "p.reference = \(text)"
        return """
            select p.id, coalesce(p.reference, p.id::text), s.name, p.state, p.amount, p.currency,
                p.created_at
            from payout p join seller s on s.id = p.seller_id
            where \(condition)
            order by p.id desc limit \(limit)::bigint
            """
    }

    private static func disputes(_ text: String, _ id: ID<Finding>?) -> SQL {
        let condition: SQL = id.map { id in "d.id = \(id)" } ?? "d.reference = \(text)"
        return """
            select purchase.id, d.reference, purchase.number, d.status, d.amount, d.currency,
                d.opened_at
            from dispute d
            join payment on payment.id = d.payment_id
            join purchase on purchase.id = payment.purchase_id
            where \(condition)
            order by d.id desc limit \(limit)::bigint
            """
    }
}

extension Finding {
    init(_ kind: Kind, _ c: inout Columns) throws {
        self.kind = kind
        id = try c.next(ID<Finding>.self).description
        name = try c.next()
        detail = try c.next()
        state = try c.next()
        let amount: Int64? = try c.next()
        let currency: Currency? = try c.next()
        self.amount = amount.flatMap { amount in currency.map { Money(amount, $0) } }
        at = try c.next()
    }
}

extension Queryable {
    var findings: FindingStore { FindingStore(db: self) }
}
