import Postgres
import Vocabulary

extension Marketplace {
    /// Writes down that the seller gave money of a direct sale back to the customer, with the
    /// reference under which that was done. What the seller owes of it goes down with it. An order
    /// of which nothing was shipped is over when all of it was given back.
    /// - Throws: as ``refundOrder(_:_:restocking:reason:as:)``; ``RefundRefusal/notPaidToSeller``;
    ///   ``InputRefusal`` for a reference of more than 200 characters.
    @discardableResult
    public func recordRefund(
        _ id: ID<Order>, _ wish: RefundWish = .everything, restocking: Restocking = .unshipped,
        paidBackAs reference: String, reason: String, as member: SellerMember
    ) async throws -> ID<Refund> {
        let reason = try Self.reason(reason)
        let reference = try InputText.line(reference, field: "paidBackAs", lengths: 1...200)
        _ = try await visible(id, to: .seller(member), .refundOrders)
        if case .goodwill(_, .platform) = wish { throw RefundRefusal.notYoursToFund }
        return try await database.transaction { tx in
            guard let held = try await tx.payments.lock(payingFor: id) else {
                throw OrderRefusal.notPaid
            }
            guard let order = try await tx.orders.lock(id),
                let share = held.shares.first(where: { $0.order == id })
            else { throw OrderRefusal.missing }
            guard held.payment.isDirect else { throw RefundRefusal.notPaidToSeller }
            guard share.kept > 0 else { throw OrderRefusal.nothingToRefund }
            let basis = try await tx.refunds.basis(of: share)
            let plan = try RefundPlan.make(wish, from: basis)
            let lines = try await tx.orders.lines(of: id)
            let returning = order.state == .cancelled ? [] : plan.parts
            let packing = Packing(
                lines, without: returning, idle: try await tx.refunds.idlePieces(of: id))
            let isOver = order.state == .paid && !packing.isLeft
            guard !isOver || plan.amount.amount == share.kept else {
                throw OrderRefusal.notShippedYet
            }
            let refund = ID<Refund>()
            var statements = RefundStore.recordStatements(
                plan, refund, of: id, held.payment.id,
                pieces: isOver
                    ? RefundedPieces(restocking: restocking)
                    : packing.pieces(restocking, lines, of: returning, from: basis),
                reason: reason, reference: reference, by: member.account)
            if isOver {
                statements += OrderStore.moveStatements(
                    order, to: .cancelled, "cancelled", note: reason, by: member.account)
                statements.append(
                    Announcements.customer(
                        "order.cancelled", id, number: order.number, order.amounts.total,
                        note: reason, of: held.purchase))
                if restocking != .nothing {
                    statements.append(ReservationStore.returnStatement(id))
                }
            } else if order.state == .partlyShipped, !packing.isLeft {
                statements += OrderStore.moveStatements(
                    order, to: .shipped, "shipped", note: "nothing of it is left to ship",
                    by: member.account)
            }
            _ = try await tx.batch(statements)
            try await tx.audit.record(
                "order.refund-recorded", on: "order", id.description, by: member.account,
                as: .seller, reason: "\(plan.amount), \(reference): \(reason)")
            guard let recorded = try await tx.refunds.lock(refund) else {
                throw RefundRefusal.unknown
            }
            let posting = try Posting.directRefund(
                recorded, wallet: share.wallet, taxJurisdiction: share.taxJurisdiction)
            try await tx.ledger.post([posting])
            try await tx.execute(InvoiceStore.chargeStatement(of: [posting.key]))
            return refund
        }
    }
}
