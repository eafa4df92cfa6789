import Postgres
import Vocabulary

/// Every statement on stock that checkouts hold.
struct ReservationStore {
    let db: any Queryable

    /// Holds all that is in the checkouts or fails with `stock_level_short`.
    static func reserveStatement(_ fresh: [FreshCheckout]) -> SQL {
        let items = fresh.flatMap(\.items)
        let owners = fresh.flatMap { fresh in fresh.items.map { _ in fresh.checkout } }
        return """
            select reserve_stock(\(owners.map(\.id))::uuid[], \(items.map(\.variant))::uuid[],
                \(items.map(\.quantity))::integer[], \(owners.map(\.expiresAt))::timestamptz[])
            """
    }

    /// Takes out of stock what the purchases' checkouts held, or fails with `reservation_gone`.
    static func takeStatement(_ purchases: [Purchase]) -> SQL {
        """
        select take_stock(\(purchases.map(\.checkout))::uuid[], \(purchases.map(\.id))::uuid[])
        """
    }

    static func releaseStatement(_ checkout: ID<Checkout>) -> SQL {
        "select release_stock(\(checkout)::uuid)"
    }

    /// Puts what a cancelled order had back for sale, once.
    static func returnStatement(_ order: ID<Order>) -> SQL {
        "select return_stock(\(order))"
    }

    /// As ``returnStatement(_:)``, with what was shipped too: it was refused at the door.
    static func returnParcelStatement(_ order: ID<Order>) -> SQL {
        "select return_parcel(\(order))"
    }

    /// Open checkouts that hold `variants` and need not: their time is over, or they are the
    /// buyer's own, who is starting anew. Locked; those that somebody is at just now are left out.
    func lockGivingWay(
        _ variants: [ID<Variant>], to buyer: Buyer
    ) async throws -> [ID<Checkout>] {
        try await db.query(
            """
            select c.id from checkout c
            where c.state = 'open'
                and c.id in (select r.checkout_id from reservation r
                    where r.variant_id = any(\(variants)::uuid[]) and r.state = 'held')
                and (c.expires_at <= market_now() or c.account_id = \(buyer.account)::uuid
                    or c.guest_token_hash = \(buyer.guestTokenHash)::bytea)
            order by c.id
            limit 100
            for update skip locked
            """
        ).decode { c in try c.next() }
    }

    /// How much of `variants` the buyer's own open checkouts hold, which give way when the buyer
    /// starts anew.
    func held(
        _ variants: [ID<Variant>], by buyer: Buyer
    ) async throws -> [ID<Variant>: Int] {
        let rows = try await db.query(
            """
            select r.variant_id, sum(r.quantity)
            from reservation r join checkout c on c.id = r.checkout_id
            where r.variant_id = any(\(variants)::uuid[]) and r.state = 'held'
                and c.state = 'open' and (c.account_id = \(buyer.account)::uuid
                    or c.guest_token_hash = \(buyer.guestTokenHash)::bytea)
            group by r.variant_id
            """
        ).decode { c in (try c.next(ID<Variant>.self), try c.next(Int.self)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Locks an open checkout; false when it is no longer open.
    func lockOpen(_ checkout: ID<Checkout>) async throws -> Bool {
        try await !db.query(
            "select id from checkout where id = \(checkout) and state = 'open' for update"
        ).isEmpty
    }

    /// Open checkouts whose time is over. Locked, the oldest first.
    func lockExpired(limit: Int) async throws -> [ID<Checkout>] {
        try await db.query(
            """
            select id from checkout
            where state = 'open' and expires_at <= market_now()
            order by expires_at
            limit \(limit)::bigint
            for update skip locked
            """
        ).decode { c in try c.next() }
    }

    /// Ends locked, open checkouts and releases what they hold.
    static func expireStatements(_ checkouts: [ID<Checkout>]) -> [SQL] {
        guard !checkouts.isEmpty else { return [] }
        return [
            """
            update checkout set state = 'expired', version = version + 1
            where id = any(\(checkouts)::uuid[]) and state = 'open'
            """,
            "select release_stock(\(checkouts)::uuid[])",
        ]
    }

    func available(_ variants: [ID<Variant>]) async throws -> [ID<Variant>: Int] {
        Dictionary(
            try await db.query(
                """
                select variant_id, on_hand - reserved from stock_level
                where variant_id = any(\(variants)::uuid[])
                """
            ).decode { c in (try c.next(ID<Variant>.self), try c.next(Int.self)) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Queryable {
    var reservations: ReservationStore { ReservationStore(db: self) }
}
