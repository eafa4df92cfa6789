import Logging
import Postgres
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Gives money back, or finds out what became of it. Sent again with the same key until the
    /// answer is known, which gives it back once.
    func refund(_ attempt: PaymentAttempt, of payment: Payment) async throws {
        guard let id = attempt.refund, let reference = payment.reference,
            let refund = try await database.refunds.find(id)
        else { return }
        do {
            let provider = try await providers.payment(payment.instance)
            let context = context(for: attempt)
            if attempt.tries > 1,
                let found = try await provider.lookupRefund(
                    .idempotencyKey(attempt.id.description), context)
            {
                try await settleRefund(id, of: payment.id, found, attempt: attempt.id)
                return
            }
            reach(.refund, .beforeCall)
            let snapshot = try await provider.refund(
                RefundRequest(
                    refundID: id.description, reference: reference, amount: refund.amount,
                    reason: refund.reason),
                context)
            reach(.refund, .afterCall)
            try await settleRefund(id, of: payment.id, snapshot, attempt: attempt.id)
        } catch let error as ProviderError {
            try await refundFailed(attempt, id, of: payment.id, with: error)
        }
    }

    private func refundFailed(
        _ attempt: PaymentAttempt, _ id: ID<Refund>, of payment: ID<Payment>,
        with error: ProviderError
    ) async throws {
        switch error.verdict {
        case .ends:
            let failure =
                switch error {
                case .declined(_, let message, _), .invalidRequest(_, let message): message
                default: "The provider cannot give money back."
                }
            try await endRefund(id, of: payment, failure: failure, attempt: attempt.id)
        case .triesAgain(let state):
            try await database.execute(
                AttemptStore.retryStatement(attempt.id, state, error: "\(error)"))
        }
    }

    /// Writes what a provider says of a refund: once, whoever brings it.
    func settleRefund(
        _ id: ID<Refund>, of payment: ID<Payment>, _ snapshot: RefundSnapshot,
        attempt: ID<PaymentAttempt>?
    ) async throws {
        switch snapshot.status {
        case .pending:
            var statements = [RefundStore.rememberStatement(id, reference: snapshot.reference)]
            if let attempt {
                statements.append(AttemptStore.retryStatement(attempt, .sent, error: "pending"))
            }
            _ = try await database.batch(statements)
        case .succeeded:
            try await completeRefund(id, of: payment, snapshot)
        case .failed:
            try await endRefund(
                id, of: payment, failure: "The provider could not give the money back.",
                attempt: attempt)
        }
    }

    private func completeRefund(
        _ id: ID<Refund>, of payment: ID<Payment>, _ snapshot: RefundSnapshot
    ) async throws {
        try await database.transaction { tx in
            var held = try await tx.payments.lock(payment)
            guard let refund = try await tx.refunds.lock(id) else { return }
            guard refund.state != .failed else {
                throw SnapshotQuarantined(
                    payment: payment,
                    problem: "refund \(id) succeeded after it had failed: its amount is free again")
            }
            guard refund.state.next.contains(.succeeded),
                let share = held.shares.first(where: { $0.order == refund.order })
            else { return }
            guard snapshot.amount == refund.amount else {
                throw SnapshotQuarantined(
                    payment: payment, problem: "\(snapshot.amount) went back, not \(refund.amount)")
            }
            // The release of holds locks orders too, and must not move what goes back.
            let order = try await tx.orders.lock(refund.order)
            held.payment.refunded = try held.payment.refunded.adding(refund.amount)
            var statements = [
                RefundStore.settleStatement(id, .succeeded, reference: snapshot.reference),
                RefundStore.unclaimStatement(refund, isGone: true),
                PaymentStore.refundedStatement(payment, refund.amount),
                AttemptStore.settleRefundStatement(id, .succeeded),
                OrderStore.noteStatement(refund.order, "refunded", note: "\(refund.amount)"),
            ]
            statements.append(
                Announcements.customer(
                    "order.refunded", refund.order, number: share.number, refund.amount,
                    note: refund.reason, of: held.purchase))
            if refund.kind == .stray {
                statements += LedgerStore.postStatements([
                    try Bookkeeping.strayReturned(id, refund.amount, of: held)
                ])
            } else {
                if let order {
                    statements.append(
                        Announcements.seller("order.refunded", order, note: refund.reason))
                }
                try await tx.book(refund, of: share, at: held.payment.instance)
            }
            reach(.refund, .beforeRecord)
            _ = try await tx.commit(after: statements)
        }
        reach(.refund, .recorded)
    }

    /// The money stays where it is, and may be asked back again.
    private func endRefund(
        _ id: ID<Refund>, of payment: ID<Payment>, failure: String, attempt: ID<PaymentAttempt>?
    ) async throws {
        try await database.transaction { tx in
            _ = try await tx.payments.lock(payment)
            guard let refund = try await tx.refunds.lock(id), refund.state.next.contains(.failed)
            else { return }
            _ = try await tx.commit(after: [
                RefundStore.settleStatement(id, .failed, reference: nil, failure: failure),
                RefundStore.unclaimStatement(refund, isGone: false),
                AttemptStore.settleRefundStatement(id, .failed),
                OrderStore.noteStatement(refund.order, "refund-failed", note: failure),
            ])
        }
    }
}

extension Transaction {
    /// Takes what went back out of the books, from where the order's money is now: to be called in
    /// the transaction that records the refund's success, with the order locked.
    fileprivate func book(
        _ refund: Refund, of share: LockedShare, at instance: ID<ProviderInstance>
    ) async throws {
        try await ledger.lock(share.wallet, refund.amount.currency)
        let posting = try Posting.refund(
            refund, wallet: share.wallet, at: instance, taxJurisdiction: share.taxJurisdiction,
            held: try await ledger.holdings(of: refund.order),
            isWholeSale: refund.goodwill == 0 && refund.amount == share.captured)
        try await ledger.post([posting])
    }
}
