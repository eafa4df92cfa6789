import Logging
import Postgres
import Vocabulary

extension Marketplace {
    /// Ends checkouts whose time is over and puts what they held back for sale. Run by the worker.
    /// - Returns: how many there were.
    @discardableResult
    public func expireCheckouts(limit: Int = 50) async throws -> Int {
        try await database.transaction { tx in
            let over = try await tx.reservations.lockExpired(limit: limit)
            guard !over.isEmpty else { return 0 }
            _ = try await tx.commit(after: ReservationStore.expireStatements(over))
            return over.count
        }
    }

    /// Ends purchases that nobody paid in time: their payments are ended at their providers, what
    /// they held is for sale again. Money that comes all the same is given back. Run by the worker.
    /// - Returns: how many there were.
    @discardableResult
    public func expirePurchases(limit: Int = 50) async throws -> Int {
        let overdue = try await database.purchases.listOverdue(limit: limit)
        // One provider that does not answer must not keep everybody's stock from being sold.
        await withDiscardingTaskGroup { group in
            for lane in 0..<Self.expiringMax {
                group.addTask {
                    for index in stride(from: lane, to: overdue.count, by: Self.expiringMax) {
                        await tryToExpire(overdue[index])
                    }
                }
            }
        }
        return overdue.count
    }

    /// Purchases that are ended at the same time; each may wait for its provider.
    private static let expiringMax = 5

    private func tryToExpire(_ id: ID<Purchase>) async {
        do {
            try await expire(id)
        } catch {
            logger.warning(
                "purchase.not-expired", metadata: ["purchase": "\(id)", "error": "\(error)"])
        }
    }

    private func expire(_ id: ID<Purchase>) async throws {
        // Outside the transaction: the provider may know that it was paid after all.
        if let live = try await database.payments.live(of: id),
            let payment = try await database.payments.find(live)
        {
            let known = try await lookUp(payment)
            if known?.purchase.state == .paid { return }
            if let now = known?.payment, now.state.isPending, let reference = now.reference {
                _ = try await void(now, reference)
            }
        }
        try await database.transaction { tx in
            guard let purchase = try await tx.purchases.lock(id),
                purchase.state == .awaitingPayment,
                purchase.expiresAt <= (try await tx.clock.now())
            else { return }
            var statements = PurchaseStore.cancelStatements(
                purchase, note: "It was not paid in time.")
            statements.append(Announcements.unpaid("purchase.expired", purchase))
            if let live = try await tx.payments.live(of: id) {
                var held = try await tx.payments.lock(live)
                if held.payment.state == .authorized {
                    // Reserved, and its capture came to nothing.
                    guard try await !tx.attempts.isCapturing(in: live) else { return }
                    statements.append(
                        AttemptStore.insertStatement(.void, of: live, held.payment.amount))
                } else if !held.payment.state.isPending {
                    return
                }
                held.payment.state = .failed
                held.payment.failureCode = "expired"
                held.payment.failureMessage = PaymentRefusal.purchaseOver.explanation
                statements.insert(PaymentStore.saveStatement(held.payment), at: 0)
            }
            _ = try await tx.commit(after: statements)
        }
    }
}
