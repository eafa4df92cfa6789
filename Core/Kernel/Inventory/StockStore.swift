import Postgres
import Vocabulary

/// How many there are of a variant, as somebody counted or wrote it.
struct StockCount: Hashable, Sendable {
    let variant: ID<Variant>
    let onHand: Int
    /// How many the books had when it was written; nil when it holds whatever they have.
    var was: Int?
}

struct StockStore {
    let db: any Queryable

    /// Sets how many there are of each variant, never below what checkouts hold, and writes why.
    /// What was bought since there were `was` is taken off.
    /// - Returns: how many variants changed.
    @discardableResult
    func set(
        _ stock: [StockCount], cause: StockMovement.Cause,
        by actor: ID<Account>?
    ) async throws -> Int {
        try await db.execute(
            """
            with wanted as materialized (
                select s.variant_id, s.on_hand as was, least(
                    greatest(w.on_hand + coalesce(s.on_hand - w.was, 0), s.reserved),
                    \(VariantDraft.onHandMax)::int) as becomes
                from unnest(\(stock.map(\.variant))::uuid[], \(stock.map(\.onHand))::int[],
                    \(stock.map(\.was))::int[]) as w(variant_id, on_hand, was)
                join stock_level s using (variant_id)
                order by s.variant_id
                for update of s
            ), changed as (
                update stock_level s set on_hand = w.becomes
                from wanted w
                where s.variant_id = w.variant_id and w.becomes <> w.was
                returning s.variant_id, w.becomes - w.was as delta
            )
            insert into stock_movement (variant_id, delta, cause, actor_id)
            select variant_id, delta, \(cause)::text, \(actor)::uuid from changed
            """)
    }

    func lock(
        _ variant: ID<Variant>, of seller: ID<Seller>
    ) async throws -> (onHand: Int, reserved: Int, listing: ID<Listing>)? {
        try await db.query(
            """
            select s.on_hand, s.reserved, v.listing_id
            from stock_level s join variant v on v.id = s.variant_id
            where v.id = \(variant) and v.seller_id = \(seller)
            for update of s
            """
        ).first.map { row in
            var c = row.columns
            return (try c.next(), try c.next(), try c.next())
        }
    }

    /// How many there are of each variant, and how many of them checkouts hold.
    func lock(
        _ variants: [ID<Variant>]
    ) async throws -> [ID<Variant>: (onHand: Int, reserved: Int)] {
        let rows = try await db.query(
            """
            select variant_id, on_hand, reserved from stock_level
            where variant_id = any(\(variants)::uuid[])
            order by variant_id
            for update
            """
        ).decode { c in
            (
                try c.next(ID<Variant>.self),
                (onHand: try c.next(Int.self), reserved: try c.next(Int.self))
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Newest first.
    func listMovements(
        of variant: ID<Variant>, seller: ID<Seller>, _ page: PageRequest
    ) async throws -> Page<StockMovement> {
        let rows = try await db.query(
            """
            select m.id, m.delta, m.cause, coalesce(m.order_id, r.order_id), a.name, m.at
            from stock_movement m join variant v on v.id = m.variant_id
                left join refund r on r.id = m.refund_id
                left join account a on a.id = m.actor_id
            where m.variant_id = \(variant) and v.seller_id = \(seller)
                and (\(page.afterNumber)::bigint is null or m.id < \(page.afterNumber)::bigint)
            order by m.id desc
            limit \(page.limit + 1)::int
            """
        ).decode { c in
            StockMovement(
                id: try c.next(), delta: try c.next(), cause: try c.next(),
                orderID: try c.next(), actorName: try c.next(), at: try c.next())
        }
        return Page(rows, limit: page.limit) { String($0.id) }
    }
}

extension Queryable {
    var stock: StockStore { StockStore(db: self) }
}
