import Postgres
import Vocabulary

extension Marketplace {
    /// The customer did not take, and did not pay for, what was to be paid at its delivery: the
    /// order is over, nobody owes anything, and the things come back for sale.
    /// - Throws: ``ReceiptRefusal/notOnDelivery``; as ``cancelOrder(_:reason:as:)``.
    public func refuseDelivery(
        _ id: ID<Order>, reason: String, as actor: OrderActor
    ) async throws {
        let reason = try Self.reason(reason)
        if case .customer = actor { throw OrderRefusal.missing }
        let seen = try await visible(id, to: actor, .shipOrders)
        try await database.transaction { tx in
            guard let held = try await tx.payments.lock(payingFor: id),
                held.payment.capture == .atDelivery, held.payment.received.isZero,
                held.payment.state == .authorized
            else { throw ReceiptRefusal.notOnDelivery }
            guard let order = try await tx.orders.lock(id) else { throw OrderRefusal.missing }
            guard order.state.isOnItsWay else {
                throw order.state == .cancelled ? OrderRefusal.cancelled : .notShipped
            }
            let before = try await tx.audit.before("order", id.description)
            var statements = OrderStore.moveStatements(
                order, to: .cancelled, "delivery-refused", note: reason, by: actor.account)
            statements.append(
                AttemptStore.insertStatement(.void, of: held.payment.id, held.payment.amount))
            statements.append(
                Announcements.customer(
                    "order.called-off", id, number: order.number, order.amounts.total, note: reason,
                    of: held.purchase))
            statements.append(ReservationStore.returnParcelStatement(id))
            statements.append(
                AuditStore.statement(
                    "order.delivery-refused", on: "order", id.description, by: actor.account,
                    as: actor.kind, for: seen.seller, reason: reason, before: before))
            _ = try await tx.commit(after: statements)
        }
    }
}
