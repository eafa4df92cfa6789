import Postgres
import Vocabulary

extension Order {
    /// An order that nobody confirmed counts as delivered so many days after it was shipped.
    public static let deliveredAfterDays = 14
}

extension Marketplace {
    /// The customer has the things: the hold begins, after which the seller may be paid.
    /// - Throws: `missing`, `notPaid`, `notShipped`, `cancelled`, `alreadyDelivered`.
    @discardableResult
    public func confirmDelivery(_ id: ID<Order>, as buyer: Buyer) async throws -> OrderDetail {
        guard try await database.orders.belongs(id, to: buyer) else { throw OrderRefusal.missing }
        try await deliver(id, by: buyer.account, note: nil)
        return try await findOrder(id, as: buyer)
    }

    /// Orders that have been on their way for long count as delivered. Run by the worker.
    /// - Returns: how many there were.
    @discardableResult
    public func deliverLongOnTheWay(limit: Int = 100) async throws -> Int {
        let due = try await database.orders.listLongOnTheWay(
            days: Order.deliveredAfterDays, limit: limit)
        for id in due {
            do {
                try await deliver(
                    id, by: nil, note: "\(Order.deliveredAfterDays) days after shipment")
            } catch OrderRefusal.alreadyDelivered {
                // The customer was faster.
            }
        }
        return due.count
    }

    func deliver(_ id: ID<Order>, by actor: ID<Account>?, note: String?) async throws {
        try await database.transaction { tx in
            guard let order = try await tx.orders.lock(id) else { throw OrderRefusal.missing }
            try order.checkMove(to: .delivered)
            _ = try await tx.commit(
                after: Self.deliveryStatements(of: order, by: actor, note: note))
        }
    }

    /// All of a locked order has arrived.
    static func deliveryStatements(
        of order: Order, by actor: ID<Account>?, note: String?
    ) -> [SQL] {
        OrderStore.moveStatements(order, to: .delivered, "delivered", note: note, by: actor)
            + [Announcements.seller("order.delivered", order)]
    }
}
