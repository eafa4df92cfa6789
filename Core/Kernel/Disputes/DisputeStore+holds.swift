import Postgres
import Vocabulary

/// What disputes hold of orders' money, and what they took.
extension DisputeStore {
    /// Whether an open dispute is about an order.
    /// - Parameter order: the column with its id.
    static func holds(_ order: SQL) -> SQL {
        """
        exists (
            select from dispute_order held_order
            join dispute on dispute.id = held_order.dispute_id
            where held_order.order_id = \(order) and dispute.\(isOpen))
        """
    }

    /// What is held in each account of a seller, each order's money once.
    static func heldSums(of seller: ID<Seller>) -> SQL {
        """
        select entry.account_id, sum(entry.amount)::bigint as amount
        from (
            select distinct part.order_id
            from dispute_order part join dispute on dispute.id = part.dispute_id
            where part.seller_id = \(seller) and dispute.\(isOpen)
        ) held
        join ledger_entry entry on entry.order_id = held.order_id
        join ledger_account account on account.id = entry.account_id
        where account.kind in (
            'seller_pending', 'seller_available', 'seller_frozen', 'seller_reserve')
        group by entry.account_id
        """
    }

    /// Newest disputes first; the key of a page is its last dispute and order.
    func held(of seller: ID<Seller>, _ page: PageRequest) async throws -> Page<DisputedMoney> {
        let key = page.after?.split(separator: "|").map(String.init) ?? []
        let dispute = key.count == 2 ? ID<Dispute>(key[0]) : nil
        let order = key.count == 2 ? ID<Order>(key[1]) : nil
        let rows = try await db.query(
            """
            select d.id, d.status, d.reason, d.opened_at, orders.id, orders.number,
                sums.wallet_id, sums.amount, sums.currency
            from dispute_order part
            join dispute d on d.id = part.dispute_id
            join orders on orders.id = part.order_id
            cross join lateral (
                select account.wallet_id, account.currency, sum(entry.amount)::bigint as amount
                from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where entry.order_id = part.order_id and account.kind in (
                    'seller_pending', 'seller_available', 'seller_frozen', 'seller_reserve')
                group by account.wallet_id, account.currency
            ) sums
            where part.seller_id = \(seller) and d.\(Self.isOpen) and sums.amount > 0
                and (\(dispute)::uuid is null
                    or (d.id, orders.id) < (\(dispute)::uuid, \(order)::uuid))
            order by d.id desc, orders.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try DisputedMoney(
                dispute: c.next(), status: c.next(), reason: c.next(), since: c.next(),
                order: c.next(), orderNumber: c.next(), wallet: c.next(),
                amount: Money(c.next(), c.next()))
        }
        return Page(rows, limit: page.limit) { "\($0.dispute)|\($0.order)" }
    }

    /// Whether a bank has taken money of an order's payment, and whether that is decided.
    func standing(of order: ID<Order>) async throws -> DisputeStanding {
        let found = try await db.query(
            """
            select coalesce(bool_or(d.status <> 'lost'), false),
                coalesce(bool_or(d.status = 'lost'), false)
            from dispute_order part join dispute d on d.id = part.dispute_id
            where part.order_id = \(order) and d.withdrawn > 0
                and d.status in ('needs_response', 'under_review', 'lost')
            """
        ).decode { c in (isOpen: try c.next(Bool.self), isLost: try c.next(Bool.self)) }.first
        guard let found else { return .none }
        return found.isOpen ? .open : found.isLost ? .lost : .none
    }

    /// Those of a payment that were decided against the market.
    func lost(of payment: ID<Payment>) async throws -> [Dispute] {
        try await db.query(
            """
            select \(Self.columns) from dispute d
            where d.payment_id = \(payment) and d.status = 'lost' order by d.id
            """
        ).decode(Dispute.init)
    }

    /// What disputes about these orders took of their shops: this one, and all others.
    func charges(
        by dispute: ID<Dispute>, on orders: [ID<Order>]
    ) async throws -> [ID<Order>: (own: Int64, others: Int64)] {
        let rows = try await db.query(
            """
            select order_id,
                coalesce(sum(charged) filter (where dispute_id = \(dispute)), 0)::bigint,
                coalesce(sum(charged) filter (where dispute_id <> \(dispute)), 0)::bigint
            from dispute_order where order_id = any(\(orders)::uuid[])
            group by order_id
            """
        ).decode { c in
            let order: ID<Order> = try c.next()
            return (order, (own: try c.next(Int64.self), others: try c.next(Int64.self)))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// - Parameter amount: minor units in all.
    /// - Returns: how often it was changed, with this time.
    func saveCharge(
        _ amount: Int64, by dispute: ID<Dispute>, on order: ID<Order>
    ) async throws -> Int {
        let moves = try await db.query(
            """
            update dispute_order set charged = \(amount), moves = moves + 1
            where dispute_id = \(dispute) and order_id = \(order)
            returning moves
            """
        ).decode { c in try c.next(Int.self) }
        guard let move = moves.first else {
            throw LedgerError.inconsistent("dispute \(dispute) is not about order \(order)")
        }
        return move
    }
}
