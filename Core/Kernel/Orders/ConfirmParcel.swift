import Postgres
import Vocabulary

extension Marketplace {
    /// The customer has one parcel of an order. With the last one of an order that was shipped
    /// completely the order is delivered, as by ``confirmDelivery(_:as:)``. Saying it twice of one
    /// parcel changes nothing.
    /// - Throws: ``OrderRefusal``: `missing` when there is no such parcel, or it is someone
    ///   else's; `alreadyDelivered`, `cancelled`.
    @discardableResult
    public func confirmParcel(_ id: ID<Shipment>, as buyer: Buyer) async throws -> OrderDetail {
        guard let found = try await database.parcels.order(of: id, of: buyer) else {
            throw OrderRefusal.missing
        }
        try await database.transaction { tx in
            guard let order = try await tx.orders.lock(found) else { throw OrderRefusal.missing }
            let parcels = try await tx.parcels.stands(of: found)
            guard let parcel = parcels.first(where: { $0.id == id }) else {
                throw OrderRefusal.missing
            }
            if parcel.hasArrived { return }
            guard order.state.isOnItsWay else {
                try order.checkMove(to: .delivered)
                throw OrderRefusal.notShipped
            }
            let isLast = parcels.allSatisfy { $0.id == id || $0.hasArrived }
            let told =
                order.state == .shipped && isLast
                ? Self.deliveryStatements(of: order, by: buyer.account, note: nil)
                : [
                    OrderStore.noteStatement(
                        found, "parcel-arrived", note: parcel.name, by: buyer.account)
                ]
            _ = try await tx.commit(after: [ParcelStore.arrivalStatement(id)] + told)
        }
        return try await findOrder(found, as: buyer)
    }
}
