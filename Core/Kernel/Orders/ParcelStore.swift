import Postgres
import Vocabulary

/// Every statement on single parcels; with their orders they are read by `OrderStore`.
struct ParcelStore {
    let db: any Queryable

    /// A parcel among those of its order.
    struct Stand {
        let id: ID<Shipment>
        /// Who carries it, with its number.
        let name: String
        let hasArrived: Bool
    }

    /// The order that a parcel of the buyer's belongs to; nil where there is none.
    func order(of id: ID<Shipment>, of buyer: Buyer) async throws -> ID<Order>? {
        try await db.query(
            """
            select o.id from shipment h
                join orders o on o.id = h.order_id join purchase b on b.id = o.purchase_id
            where h.id = \(id) and (b.account_id = \(buyer.account)::uuid
                or b.guest_token_hash = \(buyer.guestTokenHash)::bytea)
            """
        ).decode { c in try c.next(ID<Order>.self) }.first
    }

    /// The parcels of a locked order: no more than it has pieces.
    func stands(of order: ID<Order>) async throws -> [Stand] {
        try await db.query(
            """
            select id, concat_ws(' ', carrier, tracking_number), arrived_at is not null
            from shipment where order_id = \(order) order by id
            """
        ).decode { c in
            Stand(id: try c.next(), name: try c.next(), hasArrived: try c.next())
        }
    }

    static func arrivalStatement(_ id: ID<Shipment>) -> SQL {
        "update shipment set arrived_at = market_now() where id = \(id) and arrived_at is null"
    }
}

extension Queryable {
    var parcels: ParcelStore { ParcelStore(db: self) }
}
