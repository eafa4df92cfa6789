import Postgres
import Vocabulary

extension LockedPayment {
    /// Whether an order's share is reserved, and to be taken when the order is shipped.
    func awaitsShipment(_ share: LockedShare) -> Bool {
        payment.capture == .atShipment && share.captured.isZero && share.due.isPositive
            && (payment.state == .authorized || payment.state == .captured)
    }
}

extension Transaction {
    /// Calls a part of an order off whose money is only reserved: the capture at its shipment asks
    /// for that much less, and with it the provider releases the rest. What a provider took can
    /// only be given back, so nothing is called off while a capture is under way; all of an order
    /// is cancelled instead, which releases the reservation.
    ///
    /// To be called with the payment and the order locked: a shipment, which asks for the capture,
    /// waits for that lock, and so does the capture's settlement.
    /// - Throws: ``OrderRefusal``: `notCaptured`, also for all that is left; `paymentUnderWay`,
    ///   `nothingToRefund`; ``RefundRefusal`` for a wish that makes no sense.
    func callOff(
        _ wish: RefundWish, _ restocking: Restocking, of order: Order, _ share: LockedShare,
        in held: LockedPayment, reason: String, as actor: OrderActor,
        beforeCommit: @Sendable () -> Void
    ) async throws -> ID<Refund> {
        // The provider's word that it has the money may come before the capture's own answer.
        guard try await !attempts.isCapturing(order.id, in: held.payment.id) else {
            throw OrderRefusal.paymentUnderWay
        }
        guard held.awaitsShipment(share), order.state == .paid else {
            throw OrderRefusal.notCaptured
        }
        // Goodwill moves money that is there.
        if case .goodwill = wish { throw OrderRefusal.notCaptured }
        let left = share.due.amount
        let basis = try await refunds.basis(of: share, uncaptured: left)
        let plan = try RefundPlan.make(wish, from: basis)
        // All of it is released by cancelling the order.
        guard plan.amount.amount < left else { throw OrderRefusal.notCaptured }
        let lines = try await orders.lines(of: order.id)
        let packing = Packing(
            lines, without: plan.parts, idle: try await refunds.idlePieces(of: order.id))
        guard packing.isLeft else { throw OrderRefusal.notCaptured }
        let refund = ID<Refund>()
        let before = try await audit.before("order", order.id.description)
        var statements = RefundStore.callOffStatements(
            plan, refund, of: order.id, held.payment.id,
            pieces: packing.pieces(restocking, lines, of: plan.parts, from: basis),
            reason: reason, by: actor.account)
        statements.append(
            Announcements.customer(
                "order.part-called-off", order.id, number: order.number, plan.amount,
                note: reason, of: held.purchase))
        statements.append(Announcements.seller("order.part-called-off", order, note: reason))
        statements.append(
            AuditStore.statement(
                "order.part-called-off", on: "order", order.id.description, by: actor.account,
                as: actor.kind, for: actor.seller, reason: "\(plan.amount): \(reason)",
                before: before))
        beforeCommit()
        _ = try await commit(after: statements)
        return refund
    }
}
