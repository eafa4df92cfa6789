import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Gives money of one order back to the customer: all that is left, some pieces or the
    /// shipping, a part of the price, or goodwill. The order stays what it is: goods that are on
    /// their way stay there.
    ///
    /// What was only reserved yet, to be taken at the shipment, is called off instead: less is
    /// taken then, and nobody gives anything back.
    ///
    /// The amount is claimed under the payment's lock before the provider is asked, so that all
    /// refunds together never come to more than the order's captured share. One that failed gives
    /// its amount back and may be asked for again.
    /// - Parameter restocking: which of the pieces are for sale again when the money has gone back.
    /// - Throws: ``OrderRefusal``: `missing`, `notPaid`, `notCaptured`, `notShippedYet`,
    ///   `nothingToRefund`, `refundUnderWay`, `paymentUnderWay`, `reasonMissing`;
    ///   ``RefundRefusal``, such as `disputed`; `SellerRefusal.notAllowed`.
    @discardableResult
    public func refundOrder(
        _ id: ID<Order>, _ wish: RefundWish = .everything, restocking: Restocking = .unshipped,
        reason: String, as actor: OrderActor
    ) async throws -> ID<Refund> {
        if case .customer = actor { throw OrderRefusal.missing }
        let reason = try Self.reason(reason)
        _ = try await visible(id, to: actor, .refundOrders)
        if case .seller = actor, case .goodwill(_, .platform) = wish {
            throw RefundRefusal.notYoursToFund
        }
        return try await request(wish, restocking, of: id, reason: reason, as: actor)
    }

    /// Asks again for a refund that failed, with the same reason, for as much as it was; once.
    /// - Parameter why: why it is asked for again, for the audit trail.
    /// - Throws: as ``refundOrder(_:_:restocking:reason:as:)``; ``RefundRefusal``: `unknown`,
    ///   `notFailed`, `retriedAlready`.
    @discardableResult
    public func retryRefund(
        _ id: ID<Refund>, of order: ID<Order>, because why: String? = nil, as actor: OrderActor
    ) async throws -> ID<Refund> {
        if case .customer = actor { throw OrderRefusal.missing }
        _ = try await visible(order, to: actor, .refundOrders)
        guard let failed = try await database.refunds.find(id), failed.order == order else {
            throw RefundRefusal.unknown
        }
        guard failed.state == .failed else { throw RefundRefusal.notFailed }
        guard try await !database.refunds.isRetried(id) else {
            throw RefundRefusal.retriedAlready
        }
        do {
            guard let wish = failed.wish else {
                return try await retryStray(failed, why, as: actor)
            }
            return try await request(
                wish, failed.restocking ?? .unshipped, of: order, reason: failed.reason,
                retrying: id, because: why, as: actor)
        } catch let error as PostgresError where error.constraint == "refund_retried_once" {
            throw RefundRefusal.retriedAlready
        }
    }

    private func request(
        _ wish: RefundWish, _ restocking: Restocking, of id: ID<Order>, reason: String,
        retrying: ID<Refund>? = nil, because why: String? = nil, as actor: OrderActor
    ) async throws -> ID<Refund> {
        let wholeOnly = try await givesBackWholePaymentsOnly(id)
        let (refund, isCalledOff) = try await database.transaction { tx in
            guard let held = try await tx.payments.lock(payingFor: id) else {
                throw OrderRefusal.notPaid
            }
            guard let order = try await tx.orders.lock(id),
                let share = held.shares.first(where: { $0.order == id })
            else { throw OrderRefusal.missing }
            guard !held.payment.isDirect else { throw RefundRefusal.paidToSeller }
            guard try await tx.disputes.standing(of: id) == .none else {
                throw RefundRefusal.disputed
            }
            guard share.captured.isPositive else {
                let refund = try await tx.callOff(
                    wish, restocking, of: order, share, in: held, reason: reason, as: actor
                ) { reach(.callOff, .beforeRecord) }
                return (refund, true)
            }
            guard share.kept > 0 else {
                throw share.claimed.isPositive
                    ? OrderRefusal.refundUnderWay : OrderRefusal.nothingToRefund
            }
            let basis = try await tx.refunds.basis(of: share)
            let plan = try RefundPlan.make(wish, from: basis)
            guard order.state != .paid || plan.amount.amount < share.kept else {
                throw OrderRefusal.notShippedYet
            }
            guard !wholeOnly || plan.amount == held.payment.captured else {
                throw RefundRefusal.wholeOnly
            }
            let lines = try await tx.orders.lines(of: id)
            // What was cancelled is for sale again already.
            let returning = order.state == .cancelled ? [] : plan.parts
            let packing = Packing(
                lines, without: returning, idle: try await tx.refunds.idlePieces(of: id))
            guard order.state != .paid || packing.isLeft else { throw OrderRefusal.notShippedYet }
            let refund = ID<Refund>()
            let audited = AuditStore.statement(
                "order.refund-requested", on: "order", id.description, by: actor.account,
                as: actor.kind, for: actor.seller,
                reason: "\(plan.amount): \(reason)" + Self.again(why),
                before: try await tx.audit.before("order", id.description))
            var statements = RefundStore.requestStatements(
                plan, refund, of: id, held.payment.id,
                pieces: packing.pieces(restocking, lines, of: returning, from: basis),
                reason: reason, retries: retrying, by: actor.account)
            if order.state == .partlyShipped, !packing.isLeft {
                statements += OrderStore.moveStatements(
                    order, to: .shipped, "shipped", note: "nothing of it is left to ship",
                    by: actor.account)
            }
            _ = try await tx.commit(after: statements + [audited])
            return (refund, false)
        }
        if isCalledOff {
            reach(.callOff, .recorded)
        } else {
            reach(.refund, .intentCommitted)
        }
        return refund
    }

    private static func again(_ why: String?) -> String {
        why.map { "; asked for again: \($0)" } ?? ""
    }

    /// Money that came too late is on its way back whatever became of its order.
    private func retryStray(
        _ failed: Refund, _ why: String?, as actor: OrderActor
    ) async throws -> ID<Refund> {
        try await database.transaction { tx in
            let held = try await tx.payments.lock(failed.payment)
            guard let share = held.shares.first(where: { $0.order == failed.order }),
                share.kept >= failed.amount.amount
            else { throw OrderRefusal.nothingToRefund }
            guard try await tx.disputes.standing(of: failed.order) == .none else {
                throw RefundRefusal.disputed
            }
            let refund = ID<Refund>()
            let audited = AuditStore.statement(
                "order.refund-requested", on: "order", failed.order.description,
                by: actor.account, as: actor.kind, for: actor.seller,
                reason: "\(failed.amount): \(failed.reason)" + Self.again(why),
                before: try await tx.audit.before("order", failed.order.description))
            _ = try await tx.commit(
                after: RefundStore.strayStatements(
                    failed.amount, refund, of: failed.order, failed.payment,
                    reason: failed.reason, retries: failed.id, by: actor.account) + [audited])
            return refund
        }
    }

    /// Whether the provider that has an order's money cannot give back a part of it. One that
    /// cannot be had now is asked later, by the refund itself.
    private func givesBackWholePaymentsOnly(_ order: ID<Order>) async throws -> Bool {
        guard let instance = try await database.payments.instance(payingFor: order) else {
            return false
        }
        do {
            let provider = try await providers.payment(instance)
            return !provider.descriptor.capabilities.contains(.partialRefund)
        } catch is ProviderError {
            return false
        } catch is ProviderRefusal {
            return false
        }
    }
}

extension Refund {
    /// What it was asked for; nil for stray money.
    fileprivate var wish: RefundWish? {
        switch kind {
        case .whole: .everything
        case .amount: .amount(amount)
        case .goodwill: fundedBy.map { .goodwill(amount, fundedBy: $0) }
        case .lines:
            .lines(
                parts.compactMap { part in
                    part.line.map { RefundedLine(line: $0, quantity: part.quantity) }
                }, shipping: parts.contains { $0.line == nil })
        case .stray: nil
        }
    }
}
