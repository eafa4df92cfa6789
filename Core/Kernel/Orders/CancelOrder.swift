import Postgres
import Vocabulary

/// Who cancels or refunds an order.
public enum OrderActor: Sendable {
    case customer(Buyer)
    case seller(SellerMember)
    case admin(ID<Account>)

    var account: ID<Account>? {
        switch self {
        case .customer(let buyer): buyer.account
        case .seller(let member): member.account
        case .admin(let account): account
        }
    }

    /// The shop that a seller acts for.
    var seller: ID<Seller>? { if case .seller(let member) = self { member.seller } else { nil } }

    var kind: ActorKind {
        switch self {
        case .customer: .customer
        case .seller: .seller
        case .admin: .admin
        }
    }
}

extension Marketplace {
    /// Cancels one paid order before anything of it was shipped, and nothing of its siblings: its
    /// things are for sale again, and its share of the money goes back or is never taken.
    /// - Throws: `missing`, `notPaid`, `alreadyShipped`, `cancelled`, `reasonMissing`,
    ///   `paymentUnderWay`; `SellerRefusal.notAllowed`.
    public func cancelOrder(
        _ id: ID<Order>, reason: String, as actor: OrderActor
    ) async throws {
        let reason = try Self.reason(reason)
        let seen = try await visible(id, to: actor, .shipOrders)
        let isReleased = try await database.transaction { tx in
            // None when the reservation ended before anything of it was taken: then only the
            // things come back.
            let held = try await tx.payments.lock(payingFor: id)
            guard let purchase = try await tx.purchases.lock(seen.purchase),
                let order = try await tx.orders.lock(id)
            else { throw OrderRefusal.missing }
            guard purchase.state == .paid else {
                throw order.state == .cancelled ? OrderRefusal.cancelled : .notPaid
            }
            try order.checkMove(to: .cancelled)
            let before = try await tx.audit.before("order", id.description)
            var statements = OrderStore.moveStatements(
                order, to: .cancelled, "cancelled", note: reason, by: actor.account)
            var isReleased = false
            if let held, let share = held.shares.first(where: { $0.order == id }) {
                guard try await !tx.attempts.isCapturing(id, in: held.payment.id) else {
                    throw OrderRefusal.paymentUnderWay
                }
                statements += try await moneyBack(
                    share, in: held, reason: reason, by: actor.account, tx)
                isReleased = MoneyBack.of(share, in: held) == .void
            }
            let isPromise = held?.payment.isDue(.atDelivery) ?? false
            statements.append(
                Announcements.customer(
                    isPromise ? "order.called-off" : "order.cancelled", id, number: order.number,
                    order.amounts.total, note: reason, of: purchase))
            statements.append(Announcements.seller("order.cancelled", order, note: reason))
            statements.append(ReservationStore.returnStatement(id))
            statements.append(
                AuditStore.statement(
                    "order.cancelled", on: "order", id.description, by: actor.account,
                    as: actor.kind, for: actor.seller,
                    // A customer's words stand in the timeline, from which they can be erased.
                    reason: actor.kind == .customer ? nil : reason, before: before))
            _ = try await tx.commit(after: statements)
            return isReleased
        }
        if isReleased { reach(.void, .intentCommitted) }
    }

    static func reason(_ text: String) throws(OrderRefusal) -> String {
        do {
            return try InputText.paragraphs(text, field: "reason", lengths: 1...500)
        } catch {
            throw .reasonMissing
        }
    }

    /// The order, if the actor may see it and do this with it.
    func visible(
        _ id: ID<Order>, to actor: OrderActor, _ permission: SellerPermission
    ) async throws -> Order {
        switch actor {
        case .customer(let buyer):
            guard try await database.orders.belongs(id, to: buyer) else {
                throw OrderRefusal.missing
            }
        case .seller(let member): try member.require(permission)
        case .admin: break
        }
        guard let order = try await database.orders.details([id]).first?.order else {
            throw OrderRefusal.missing
        }
        if case .seller(let member) = actor, order.seller != member.seller {
            throw OrderRefusal.missing
        }
        return order
    }

    private func moneyBack(
        _ share: LockedShare, in held: LockedPayment, reason: String, by actor: ID<Account>?,
        _ tx: Transaction
    ) async throws -> [SQL] {
        switch MoneyBack.of(share, in: held) {
        case .refund:
            guard !held.payment.isDirect else { throw RefundRefusal.paidToSeller }
            switch try await tx.disputes.standing(of: share.order) {
            case .none: break
            case .open: throw RefundRefusal.disputed
            // The customer has the money back from the bank.
            case .lost: return []
            }
            let plan = try RefundPlan.make(
                .everything, from: try await tx.refunds.basis(of: share))
            return RefundStore.requestStatements(
                plan, of: share.order, held.payment.id, reason: reason, by: actor)
        case .void:
            return [AttemptStore.insertStatement(.void, of: held.payment.id, share.amount)]
        case .nothing: return []
        }
    }
}
