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
        var doubt: CallDoubt?
        do {
            let provider = try await providers.payment(payment.instance)
            let context = context(for: attempt)
            if attempt.tries > 1 {
                let key = ProviderLookup.idempotencyKey(attempt.id.description)
                let found: RefundSnapshot?
                do { found = try await provider.lookupRefund(key, context) } catch {
                    // Whatever keeps us from looking, what was asked may have been done.
                    try await database.execute(
                        AttemptStore.retryStatement(attempt.id, .unknown, after: error))
                    return
                }
                if let found {
                    try await settleRefund(id, of: payment.id, found, attempt: attempt.id)
                    return
                }
            }
            if try await isHeldByDispute(refund, attempt, of: payment) { return }
            guard let asked = try await database.attempts.doubt(attempt) else { return }
            doubt = asked
            reach(.refund, .beforeCall)
            let snapshot = try await provider.refund(
                RefundRequest(
                    refundID: id.description, reference: reference, amount: refund.amount,
                    reason: refund.reason),
                context)
            reach(.refund, .afterCall)
            try await settleRefund(id, of: payment.id, snapshot, attempt: attempt.id)
        } catch let error as ProviderError {
            try await refundFailed(attempt, id, of: payment.id, with: error, doubt)
        }
    }

    private func refundFailed(
        _ attempt: PaymentAttempt, _ id: ID<Refund>, of payment: ID<Payment>,
        with error: ProviderError, _ doubt: CallDoubt?
    ) async throws {
        var attempt = attempt
        var isAlone = true
        if let doubt {
            // What was asked before, by whoever has been here since it was claimed.
            attempt.inDoubtAt = doubt.before
            if !error.isAmbiguous {
                isAlone = try await database.attempts.answered(attempt.id, doubt)
            }
        }
        switch error.verdict(mayHaveArrived: !isAlone || attempt.mayHaveArrived) {
        case .ends:
            let failure =
                switch error {
                case .declined(_, let message, _), .invalidRequest(_, let message): message
                default: "The provider cannot give money back."
                }
            try await endRefund(id, of: payment, failure: failure)
        case .triesAgain(let state):
            try await database.execute(
                AttemptStore.retryStatement(attempt.id, state, after: error))
        }
    }

    /// Writes what a provider says of a refund: once, whoever brings it.
    func settleRefund(
        _ id: ID<Refund>, of payment: ID<Payment>, _ snapshot: RefundSnapshot,
        attempt: ID<PaymentAttempt>?
    ) async throws {
        guard let refund = try await database.refunds.find(id) else { return }
        switch RefundNews.read(snapshot, for: refund.state, version: refund.version) {
        case .nothing: break
        case .pending:
            var statements = [RefundStore.rememberStatement(id, reference: snapshot.reference)]
            if let attempt {
                statements.append(AttemptStore.retryStatement(attempt, .sent, error: "pending"))
            }
            _ = try await database.batch(statements)
        case .succeeds: try await completeRefund(id, of: payment, snapshot)
        case .fails:
            try await endRefund(
                id, of: payment, failure: "The provider could not give the money back.",
                version: snapshot.version)
        case .returned: try await takeBackRefund(id, of: payment, snapshot)
        case .contradicts:
            throw SnapshotQuarantined(
                payment: payment,
                problem: "refund \(id) succeeded after it had failed: its amount is free again")
        }
    }

    private func completeRefund(
        _ id: ID<Refund>, of payment: ID<Payment>, _ snapshot: RefundSnapshot
    ) async throws {
        try await database.transaction { tx in
            var held = try await tx.payments.lock(payment)
            guard let refund = try await tx.refunds.lock(id) else { return }
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
                RefundStore.settleStatement(
                    id, .succeeded, reference: snapshot.reference, version: snapshot.version),
                RefundStore.unclaimStatement(refund, isGone: true),
                PaymentStore.refundedStatement(payment, refund.amount),
                AttemptStore.settleRefundStatement(id, .succeeded),
                RefundStore.askLaterStatement(id),
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
            if !refund.parts.isEmpty { statements.append(RefundStore.restockStatement(id)) }
            reach(.refund, .beforeRecord)
            _ = try await tx.commit(after: statements)
        }
        reach(.refund, .recorded)
    }

    /// The money stays where it is, and may be asked back again.
    func endRefund(
        _ id: ID<Refund>, of payment: ID<Payment>, failure: String, version: Int64 = 0
    ) async throws {
        try await database.transaction { tx in
            _ = try await tx.payments.lock(payment)
            guard let refund = try await tx.refunds.lock(id), refund.state.isOpen else { return }
            var statements = [
                RefundStore.settleStatement(
                    id, .failed, reference: nil, failure: failure, version: version),
                RefundStore.unclaimStatement(refund, isGone: false),
                RefundStore.shippableAgainStatement(id),
                AttemptStore.settleRefundStatement(id, .failed),
                OrderStore.noteStatement(refund.order, "refund-failed", note: failure),
            ]
            if let order = try await tx.orders.lock(refund.order) {
                statements.append(
                    Announcements.notRefunded(
                        "order.refund-failed", order, refund.amount, note: failure))
                if order.state == .cancelled, refund.restocking != .nothing {
                    statements.append(RefundStore.restockWithheldStatement(id))
                }
            }
            _ = try await tx.batch(statements)
            try await tx.chargeLostDisputes(of: payment)
        }
    }

    /// The customer's bank sent it back: the books have it again where it is now, the customer,
    /// the seller and the back office are told, and it may be asked for again.
    private func takeBackRefund(
        _ id: ID<Refund>, of payment: ID<Payment>, _ snapshot: RefundSnapshot
    ) async throws {
        let failure = "The customer's bank sent the money back."
        try await database.transaction { tx in
            let held = try await tx.payments.lock(payment)
            guard let refund = try await tx.refunds.lock(id),
                RefundNews.read(snapshot, for: refund.state, version: refund.version) == .returned,
                let share = held.shares.first(where: { $0.order == refund.order })
            else { return }
            guard snapshot.amount == refund.amount, !held.payment.isDirect else {
                throw SnapshotQuarantined(
                    payment: payment,
                    problem: "\(snapshot.amount) came back, not \(refund.amount)")
            }
            let order = try await tx.orders.lock(refund.order)
            try await tx.ledger.lock(share.wallet, refund.amount.currency)
            let posting: Posting
            if refund.kind == .stray {
                posting = try Bookkeeping.strayCameBack(id, refund.amount, of: held)
            } else {
                posting = try Posting.refundReturn(
                    refund, wallet: share.wallet, at: held.payment.instance,
                    taxJurisdiction: share.taxJurisdiction,
                    isReleased: try await tx.orders.isReleased(refund.order))
            }
            try await tx.ledger.post([posting])
            var statements =
                RefundStore.returnStatements(refund, failure: failure, version: snapshot.version)
            statements.append(
                OrderStore.noteStatement(
                    refund.order, "refund-returned", note: "\(refund.amount): \(failure)"))
            statements.append(
                Announcements.customer(
                    "order.refund-returned", refund.order, number: share.number, refund.amount,
                    of: held.purchase))
            if let order {
                statements.append(
                    Announcements.notRefunded(
                        "order.refund-returned", order, refund.amount, note: failure))
            }
            _ = try await tx.batch(statements)
            try await tx.chargeLostDisputes(of: payment)
        }
    }
}

extension PaymentAttempt {
    /// Whether something that was sent and not answered may be at its provider, or still be on its
    /// way there.
    var mayHaveArrived: Bool { inDoubtAt?.mayStillArrive ?? false }
}

extension Transaction {
    /// Takes what went back out of the books, from where the order's money is now: to be called in
    /// the transaction that records the refund's success, with the order locked.
    fileprivate func book(
        _ refund: Refund, of share: LockedShare, at instance: ID<ProviderInstance>
    ) async throws {
        try await ledger.lock(share.wallet, refund.amount.currency)
        // One that came back had reversed the sale, and nothing is reversed twice.
        let isReversed = try await ledger.isReversed(Posting.saleKey(refund.order))
        let isWhole = !isReversed && refund.goodwill == 0 && refund.amount == share.captured
        let posting = try Posting.refund(
            refund, wallet: share.wallet, at: instance, taxJurisdiction: share.taxJurisdiction,
            held: try await ledger.holdings(of: refund.order), isWholeSale: isWhole)
        try await ledger.post([posting])
    }
}
