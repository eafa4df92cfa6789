import Logging
import Postgres
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Writes what a provider's snapshot means, under the payment's lock: once, whoever brings it.
    /// Everything that follows from it is written in the same transaction.
    @discardableResult
    func settle(
        _ id: ID<Payment>, _ snapshot: PaymentSnapshot, next: NextAction? = nil,
        after settled: SettledAttempt? = nil
    ) async throws -> PlacedPurchase {
        let operation = settled.map { CrashStep.Operation($0.attempt.kind) } ?? .start
        let placed = try await database.transaction { tx in
            var held = try await tx.payments.lock(id)
            var statements = try settled?.statements(for: held) ?? []
            switch Settlement.read(snapshot, for: held.payment, of: held.purchase) {
            case .stale: break
            case .quarantined(let problem):
                logger.error(
                    "payment.snapshot-quarantined",
                    metadata: ["payment": "\(id)", "problem": "\(problem)"])
                throw SnapshotQuarantined(payment: id, problem: problem)
            case .news(let settlement):
                held.payment.take(snapshot, settlement, next: next)
                statements += try settlement.statements(for: &held)
            }
            reach(operation, .beforeRecord)
            if !statements.isEmpty { _ = try await tx.commit(after: statements) }
            return PlacedPurchase(purchase: held.purchase, payment: held.payment)
        }
        reach(operation, .recorded)
        return placed
    }

    /// Writes what a provider's first answer means for a payment that was written a moment ago,
    /// without reading it again.
    /// - Returns: nil when somebody else has settled it meanwhile, or the answer needs a second
    ///   look: nothing is written then.
    func settle(
        fresh: LockedPayment, _ started: StartedPayment
    ) async throws -> PlacedPurchase? {
        let reading = Settlement.read(started.snapshot, for: fresh.payment, of: fresh.purchase)
        guard case .news(let settlement) = reading else { return nil }
        var held = fresh
        held.payment.take(started.snapshot, settlement, next: started.next)
        let statements =
            [PaymentStore.lockFreshStatement(fresh)] + (try settlement.statements(for: &held))
        do {
            try await database.transaction { tx in
                reach(.start, .beforeRecord)
                _ = try await tx.commit(after: statements)
            }
        } catch let error as PostgresError where error.constraint == "payment_fresh" {
            return nil
        }
        reach(.start, .recorded)
        return PlacedPurchase(purchase: held.purchase, payment: held.payment)
    }

    /// Writes that a start failed, or may have.
    /// - Parameter mayStillArrive: the call goes on being looked for although it failed.
    func settleFailure(
        _ error: ProviderError, of id: ID<Payment>, attempt: ID<PaymentAttempt>,
        mayStillArrive: Bool = false
    ) async throws -> PlacedPurchase {
        logger.info("payment.not-started", metadata: ["payment": "\(id)", "error": "\(error)"])
        return try await database.transaction { tx in
            var held = try await tx.payments.lock(id)
            var statements: [SQL] = []
            if held.payment.state == .created || held.payment.state == .unknown {
                if error.isDefinite {
                    held.payment.fail(with: error)
                    statements.append(
                        mayStillArrive
                            ? AttemptStore.waitForStartStatement(of: id)
                            : AttemptStore.settleStatement(
                                attempt, error.isDecline ? .declined : .failed, error: "\(error)"))
                } else {
                    held.payment.state = .unknown
                    statements.append(
                        AttemptStore.retryStatement(attempt, .unknown, error: "\(error)"))
                }
                statements.append(PaymentStore.saveStatement(held.payment))
                _ = try await tx.commit(after: statements)
            }
            return PlacedPurchase(purchase: held.purchase, payment: held.payment)
        }
    }
}

/// A snapshot that does not fit its payment: it changed nothing, and a person has to look.
struct SnapshotQuarantined: Error {
    let payment: ID<Payment>
    let problem: String
}

extension ProviderError {
    var isDecline: Bool {
        if case .declined = self { return true }
        return false
    }
}

extension Payment {
    /// Becomes what the snapshot says.
    mutating func take(
        _ snapshot: PaymentSnapshot, _ settlement: Settlement, next: NextAction?
    ) {
        state = settlement.state
        reference = snapshot.reference
        version = snapshot.version
        authorized = snapshot.authorized
        captured = snapshot.captured
        if let next { self.next = next }
        if settlement.state == .failed || settlement.state == .voided {
            failureCode = snapshot.failureCode ?? snapshot.status.rawValue
            failureMessage = snapshot.failureMessage ?? Self.failedSentence
        }
    }

    /// Ends without any money, for a reason that is certain.
    mutating func fail(with error: ProviderError) {
        state = .failed
        switch error {
        case .declined(let code, let message, _):
            failureCode = code
            failureMessage = message
        case .invalidRequest(let code, _):
            failureCode = code
            failureMessage = PaymentRefusal.methodUnknown.explanation
        default:
            failureCode = Self.unavailableCode
            failureMessage = PaymentRefusal.providerUnavailable.explanation
        }
    }

    /// Nothing was charged because the provider could not be had.
    static let unavailableCode = "provider-unavailable"

    static let failedSentence = "The payment was not made. Choose another way to pay."
}

extension Settlement {
    /// Everything that has to be written; `held` becomes what it will be.
    func statements(for held: inout LockedPayment) throws -> [SQL] {
        let payment = held.payment
        var statements: [SQL] = [
            """
            with start_settled as (\(startStatement(payment)))
            \(PaymentStore.saveStatement(payment))
            """
        ]
        if state == .failed, held.purchase.state == .awaitingPayment {
            statements.append(Announcements.unpaid("purchase.payment-failed", held.purchase))
        }
        if effects.contains(.waitLonger) {
            statements.append(PurchaseStore.waitLongerStatement(held.purchase.id))
        }
        if effects.contains(.captureAll) {
            statements.append(
                AttemptStore.insertStatement(.capture, of: payment.id, payment.amount))
        }
        if effects.contains(.release) {
            statements.append(AttemptStore.insertStatement(.void, of: payment.id, payment.amount))
        }
        if effects.contains(.sold) {
            statements.append(PaymentStore.captureSharesStatement(payment.id))
        }
        if effects.contains(.returnMoney), payment.isDirect {
            // It is in the seller's hands, and only the seller can give it back.
            statements.append(PaymentStore.captureSharesStatement(payment.id))
            statements += held.shares.map { share in
                OrderStore.noteStatement(
                    share.order, "paid-too-late",
                    note: "The customer paid the seller after the order was over.")
            }
        } else if effects.contains(.returnMoney) {
            statements.append(PaymentStore.captureSharesStatement(payment.id))
            statements += try Bookkeeping.stray(held)
            for share in held.shares where share.amount.isPositive {
                statements += RefundStore.strayStatements(
                    share.amount, of: share.order, payment.id,
                    reason: "It was paid after the order was over.")
            }
        }
        if effects.contains(.authorizationLost) {
            statements += held.shares.map { share in
                OrderStore.noteStatement(
                    share.order, "authorization-lost", note: payment.failureMessage)
            }
        }
        if effects.contains(.paid) {
            statements.append(PurchaseStore.payStatement(held.purchase.id))
            statements.append(Announcements.paid(held))
        }
        // What others wait for comes last: sellers' balances, then stock.
        if effects.contains(.sold) {
            statements += try Bookkeeping.sale(of: held.shares, in: held)
        }
        if effects.contains(.paid) {
            statements.append(
                ReservationStore.takeStatement(held.purchase.checkout, for: held.purchase.id))
            held.purchase.state = .paid
        }
        return statements
    }

    private func startStatement(_ payment: Payment) -> SQL {
        if isOpen { return AttemptStore.waitForStartStatement(of: payment.id) }
        return AttemptStore.settleStartStatement(
            of: payment.id, state == .failed || state == .voided ? .declined : .succeeded)
    }
}

/// An attempt whose outcome came with a snapshot, to be ended with it.
struct SettledAttempt: Sendable {
    let attempt: PaymentAttempt

    func statements(for held: LockedPayment) throws -> [SQL] {
        var statements = [AttemptStore.settleStatement(attempt.id, .succeeded)]
        if attempt.kind == .capture, let order = attempt.order,
            let share = held.shares.first(where: { $0.order == order }), share.captured.isZero
        {
            statements.append(PaymentStore.captureShareStatement(held.payment.id, order))
            statements += try Bookkeeping.sale(of: [share], in: held)
            statements.append(OrderStore.noteStatement(order, "captured", note: "\(share.amount)"))
        }
        return statements
    }
}
