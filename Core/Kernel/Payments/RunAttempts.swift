import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// After so long a provider may have forgotten the keys of our calls; nothing is sent again.
    static let attemptAgeMax: Duration = .seconds(23 * 3600)

    /// A call that its provider had not heard of after so long arrives no more: the system gives a
    /// connection up after a quarter of an hour.
    static let lateArrivalAgeMax: Duration = .seconds(1800)

    /// So long a payment that is over is looked for: its payer may send the money late.
    static let watchAgeMax: Duration = .seconds(24 * 3600)

    /// After so long its provider may have forgotten a call, and none is on its way any more.
    static let forgottenAge = attemptAgeMax + lateArrivalAgeMax

    /// Goes on with everything that was asked of providers and is due: looks up what became of
    /// payments, captures, voids and refunds. Run by the worker every second or so, and by tests.
    /// - Returns: how many attempts were due.
    @discardableResult
    public func settlePayments(limit: Int = 20) async throws -> Int {
        let due = try await database.attempts.claimDue(
            limit: limit, claim: settings.callClaim)
        await withDiscardingTaskGroup { group in
            for attempt in due { group.addTask { await run(attempt) } }
        }
        return due.count
    }

    /// The attempt's next try is later already, so a failure here only means waiting for it.
    private func run(_ attempt: PaymentAttempt) async {
        do {
            try await perform(attempt)
        } catch {
            logger.warning(
                "payment.attempt-failed",
                metadata: [
                    "attempt": "\(attempt.id)", "kind": "\(attempt.kind)", "error": "\(error)",
                ])
        }
    }

    func perform(_ attempt: PaymentAttempt) async throws {
        guard let payment = try await database.payments.find(attempt.payment) else {
            throw PaymentMissing(payment: attempt.payment)
        }
        switch attempt.kind {
        case .start:
            guard let end = attempt.watchEnd(of: payment), end < .systemNow else {
                try await lookUp(payment, isClaimed: true)
                return
            }
            try await giveUp(attempt, of: payment, since: end)
        case .capture, .void:
            if attempt.tries > 1,
                attempt.firstSentAt.advanced(by: Self.attemptAgeMax) < .systemNow
            {
                guard try await mayBeSentAgain(attempt, of: payment) else { return }
                if attempt.kind == .capture { return try await askAnew(attempt) }
            }
            attempt.kind == .void
                ? try await void(attempt, of: payment) : try await capture(attempt, of: payment)
        case .refund: try await refund(attempt, of: payment)
        }
    }

    /// Ends the watch over a payment after a last look, which finds what has come since the one
    /// before; then it is watched on. Of a provider that does not answer it is asked for as long
    /// again: nobody could say more after that.
    private func giveUp(
        _ attempt: PaymentAttempt, of payment: Payment, since end: Instant
    ) async throws {
        if payment.reference != nil {
            if let found = try await lookUp(payment, isClaimed: true)?.payment {
                guard found.standsAs(payment) else { return }
            } else {
                guard end.advanced(by: Self.watchAgeMax) < .systemNow else { return }
            }
        }
        try await database.execute(
            payment.state == .captured
                ? AttemptStore.settleStatement(attempt.id, .succeeded)
                : AttemptStore.settleStatement(attempt.id, .failed, error: "given up"))
    }

    /// Asks the provider how a payment stands and writes it. Nil when that cannot be had now.
    /// - Parameter isClaimed: whether the attempt that began it was claimed for this.
    @discardableResult
    func lookUp(_ payment: Payment, isClaimed: Bool = false) async throws -> PlacedPurchase? {
        guard let start = try await database.attempts.start(of: payment.id) else { return nil }
        let key: ProviderLookup =
            payment.reference.map { .reference($0) } ?? .idempotencyKey(start.id.description)
        do {
            let provider = try await providers.payment(payment.instance)
            let context = context(for: start)
            let known =
                provider.isConfirmedByPerson
                ? try await confirmed(
                    payment, at: provider, isEnded: !payment.state.isLive, context)
                : try await provider.lookup(key, context)
            guard let snapshot = known else {
                return try await neverHeard(of: payment, start)
            }
            return try await offerNext(
                try await settle(payment.id, snapshot), after: start, at: provider)
        } catch let error as ProviderError {
            try await database.execute(
                AttemptStore.retryStatement(
                    start.id, .unknown, after: error, isClaimed: isClaimed))
            return nil
        } catch let refusal as ProviderRefusal {
            try await database.execute(
                AttemptStore.retryStatement(start.id, .unknown, error: refusal.code))
            return nil
        } catch let refused as SnapshotQuarantined {
            try await database.execute(
                AttemptStore.retryStatement(start.id, .unknown, error: refused.problem))
            return nil
        }
    }

    /// The provider has not heard of the call. The customer may pay again; but the call may still
    /// be on its way, so it goes on being looked for, and should it arrive the money goes back.
    private func neverHeard(
        of payment: Payment, _ start: PaymentAttempt
    ) async throws -> PlacedPurchase? {
        // One that is known there, and of which it says nothing now, is asked for ever more seldom.
        guard payment.reference == nil, payment.state.isLive else {
            try await database.execute(AttemptStore.waitForStartStatement(of: payment.id))
            return nil
        }
        // The call itself may still be under way in another process.
        let isUnderWay =
            start.createdAt.advanced(by: settings.startDeadline + .seconds(3)) > .systemNow
            && start.state == .sent && payment.state == .created
        guard !isUnderWay else { return nil }
        return try await settleFailure(
            .unavailable(message: "it never heard of the payment", retryAfterSeconds: nil),
            of: payment.id, attempt: start.id, mayStillArrive: true)
    }

    func context(for attempt: PaymentAttempt) -> OperationContext {
        OperationContext(
            idempotencyKey: attempt.idempotencyKey, attempt: max(attempt.tries, 1),
            deadline: Instant.systemNow.advanced(by: settings.callDeadline),
            firstMadeAt: attempt.firstSentAt)
    }

    /// Takes an order's share, or all of it. Sent again with the same key until the answer is
    /// known, which captures once.
    private func capture(_ attempt: PaymentAttempt, of payment: Payment) async throws {
        guard let reference = payment.reference else { return }
        let isFinal = try await database.captures.decideLast(attempt)
        try await call(attempt, of: payment) { provider, context throws(ProviderError) in
            try await provider.capture(
                CaptureRequest(reference: reference, amount: attempt.amount, isFinal: isFinal),
                context)
        }
    }

    /// A capture that did nothing and whose key may be forgotten is asked for under another one,
    /// as soon as nothing that was sent under the old one can arrive any more. The old key would
    /// not do: where captures of the same amount were asked for, nobody knows whose was made.
    private func askAnew(_ attempt: PaymentAttempt) async throws {
        let isForgotten = attempt.firstSentAt.advanced(by: Self.forgottenAge) < .systemNow
        try await database.execute(
            isForgotten
                ? AttemptStore.askAnewStatement(attempt)
                : AttemptStore.retryStatement(
                    attempt.id, .unknown, error: "what was sent may still arrive"))
    }

    private func void(_ attempt: PaymentAttempt, of payment: Payment) async throws {
        guard let reference = payment.reference else { return }
        let confirmation = try await database.receipts.confirmation(of: payment.id, isEnded: true)
        try await call(attempt, of: payment) { provider, context throws(ProviderError) in
            guard provider.isConfirmedByPerson, let confirmation else {
                return try await provider.void(reference: reference, context)
            }
            return try await provider.confirmed(confirmation, context)
        }
    }

    private func call(
        _ attempt: PaymentAttempt, of payment: Payment,
        _ send: (GuardedPayment, OperationContext) async throws(ProviderError) -> PaymentSnapshot
    ) async throws {
        do {
            let provider = try await providers.payment(payment.instance)
            // Its deadline begins before the look: whoever sleeps after it wakes too late to ask.
            let context = context(for: attempt)
            guard try await database.attempts.isStillClaimed(attempt) else { return }
            reach(.init(attempt.kind), .beforeCall)
            let snapshot = try await send(provider, context)
            reach(.init(attempt.kind), .afterCall)
            try await settle(payment.id, snapshot, after: SettledAttempt(attempt: attempt))
        } catch let error as ProviderError {
            try await failed(attempt, of: payment, with: error)
        }
    }

    /// What cannot succeed is ended and told; everything else is tried again.
    private func failed(
        _ attempt: PaymentAttempt, of payment: Payment, with error: ProviderError
    ) async throws {
        switch error.verdict {
        case .ends:
            // An earlier try may have succeeded, its answer lost.
            if attempt.tries > 1, try await !mayBeSentAgain(attempt, of: payment) { return }
            if attempt.kind == .capture, attempt.order == nil {
                return try await giveBack(attempt, because: error)
            }
            var statements = [
                AttemptStore.settleStatement(attempt.id, .failed, error: "\(error)")
            ]
            if let order = attempt.order {
                statements.append(
                    OrderStore.noteStatement(order, "\(attempt.kind)-failed", note: "\(error)"))
                if attempt.kind == .capture,
                    let refused = try await database.orders.details([order]).first?.order
                {
                    statements.append(
                        Announcements.captureRefused(refused, attempt.amount, note: "\(error)"))
                }
            }
            _ = try await database.batch(statements)
            logger.error(
                "payment.attempt-refused",
                metadata: ["attempt": "\(attempt.id)", "error": "\(error)"])
        case .triesAgain(let state):
            try await database.execute(
                AttemptStore.retryStatement(attempt.id, state, after: error))
        }
    }

    /// Ends a payment that waits for its customer; nil when that cannot be known now.
    func void(_ payment: Payment, _ reference: String) async throws -> PlacedPurchase? {
        guard let start = try await database.attempts.start(of: payment.id) else { return nil }
        do {
            let provider = try await providers.payment(payment.instance)
            let context = OperationContext(
                idempotencyKey: "end:\(start.id)",
                deadline: Instant.systemNow.advanced(by: settings.startDeadline))
            let known =
                provider.isConfirmedByPerson
                ? try await confirmed(payment, at: provider, isEnded: true, context) : nil
            if let known { return try await settle(payment.id, known) }
            return try await settle(
                payment.id, try await provider.void(reference: reference, context))
        } catch let error as ProviderError {
            logger.info("payment.not-ended", metadata: ["error": "\(error)"])
            return try await lookUp(payment)
        }
    }
}
