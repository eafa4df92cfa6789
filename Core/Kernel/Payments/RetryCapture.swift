import Logging
import Postgres
import Vocabulary

extension Marketplace {
    /// Asks again for the money of an order that is on its way, when the provider refused to give
    /// it: under a new key, since the old one stands for the refusal.
    /// - Parameter reason: why, for the audit trail.
    /// - Throws: ``OrderRefusal``: `missing`, `captureNotRefused`, `paymentLost`;
    ///   `SellerRefusal.notAllowed`.
    public func retryCapture(
        _ id: ID<Order>, reason: String? = nil, as actor: OrderActor
    ) async throws {
        if case .customer = actor { throw OrderRefusal.missing }
        _ = try await visible(id, to: actor, .shipOrders)
        guard try await askForMoneyAgain(id, reason, as: actor) else {
            throw OrderRefusal.captureNotRefused
        }
    }

    /// Asks again, some times and further apart each time, for what providers refused to give of
    /// orders that were shipped.
    /// - Returns: for how many orders; call again until it is zero.
    @discardableResult
    public func retryRefusedCaptures(limit: Int = 50) async throws -> Int {
        var asked = 0
        for order in try await database.captures.refusedDue(limit: limit)
        where try await askForMoneyAgain(order, nil, as: nil) {
            asked += 1
        }
        return asked
    }

    /// - Parameter actor: nil for the market itself.
    /// - Returns: false when nothing was refused, or somebody else has asked meanwhile.
    private func askForMoneyAgain(
        _ id: ID<Order>, _ reason: String?, as actor: OrderActor?
    ) async throws -> Bool {
        try await database.transaction { tx in
            guard let held = try await tx.payments.lock(payingFor: id) else {
                throw OrderRefusal.paymentLost
            }
            guard let share = held.shares.first(where: { $0.order == id }),
                try await tx.captures.isRefused(id, in: held.payment.id)
            else { return false }
            var statements = [
                AttemptStore.insertStatement(
                    .capture, of: held.payment.id, share.due, order: id),
                OrderStore.noteStatement(
                    id, "capture-requested", note: "\(share.due), once more",
                    by: actor?.account),
            ]
            if let actor {
                statements.append(
                    AuditStore.statement(
                        "order.capture-requested", on: "order", id.description, by: actor.account,
                        as: actor.kind, for: actor.seller,
                        reason: "\(share.due), once more" + (reason.map { ": \($0)" } ?? ""),
                        before: try await tx.audit.before("order", id.description)))
            }
            _ = try await tx.commit(after: statements)
            return true
        }
    }
}
