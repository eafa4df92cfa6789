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
        payUntil: Instant? = nil, after settled: SettledAttempt? = nil
    ) async throws -> PlacedPurchase {
        let operation = settled.map { CrashStep.Operation($0.attempt.kind) } ?? .start
        do {
            return try await settle(
                id, snapshot, next: next, payUntil: payUntil, after: settled, operation)
        } catch let error as PostgresError where ReceiptStore.isUsedAlready(error) {
            let problem = "what came for it counts for another payment"
            logger.error(
                "payment.snapshot-quarantined",
                metadata: ["payment": "\(id)", "problem": "\(problem)"])
            throw SnapshotQuarantined(payment: id, problem: problem)
        }
    }

    private func settle(
        _ id: ID<Payment>, _ snapshot: PaymentSnapshot, next: NextAction?, payUntil: Instant?,
        after settled: SettledAttempt?, _ operation: CrashStep.Operation
    ) async throws -> PlacedPurchase {
        let placed = try await database.transaction { tx in
            var held = try await tx.payments.lock(id)
            var statements = try settled?.statements(for: held) ?? []
            switch Settlement.read(snapshot, for: held.payment, of: held.purchase, held.shares)
            {
            case .stale: break
            case .quarantined(let problem):
                logger.error(
                    "payment.snapshot-quarantined",
                    metadata: ["payment": "\(id)", "problem": "\(problem)"])
                throw SnapshotQuarantined(payment: id, problem: problem)
            case .news(let settlement):
                held.payment.take(snapshot, settlement, next: next)
                statements += try settlement.statements(for: &held)
                statements += held.payStatements(until: payUntil)
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
        fresh: LockedPayment, _ started: StartedPayment, answering once: AnswerOnce<PlacedPurchase>?
    ) async throws -> PlacedPurchase? {
        let reading = Settlement.read(
            started.snapshot, for: fresh.payment, of: fresh.purchase, fresh.shares)
        guard case .news(let settlement) = reading else { return nil }
        var held = fresh
        held.payment.take(started.snapshot, settlement, next: started.next)
        let settled = try settlement.settle(&held)
        let until = held.payStatements(until: started.payUntil)
        let placed = PlacedPurchase(purchase: held.purchase, payment: held.payment)
        let answer = try once?.ready(for: placed)
        do {
            reach(.start, .beforeRecord)
            try await freshSettlements.write(
                FreshSettlement(settled: settled, answer: answer?.statement, until: until))
        } catch let error as PostgresError where error.constraint == "payment_fresh" {
            return nil
        }
        answer?.committed()
        reach(.start, .recorded)
        return placed
    }

    /// Writes that a start failed, or may have.
    /// - Parameters:
    ///   - asked: what the call asked for, which is kept when nobody knows what became of it.
    ///   - mayStillArrive: the call goes on being looked for although it failed.
    func settleFailure(
        _ error: ProviderError, of id: ID<Payment>, attempt: ID<PaymentAttempt>,
        asked: PaymentStart? = nil, mayStillArrive: Bool = false
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
                    if let asked {
                        statements.append(AttemptStore.keepRequestStatement(attempt, asked))
                    }
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
    /// Whether news that is on its way may explain it.
    var mayBeEarly = false
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
        if let arrivals = settlement.arrivals {
            received = arrivals.received
            excess = arrivals.excess
        }
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
        [try settle(&held)].statements
    }

    /// As ``statements(for:)``, to be written together with others.
    func settle(_ held: inout LockedPayment) throws -> SettledPayment {
        let settled = SettledPayment(held: held, consequences: try consequences(for: held))
        if effects.contains(.paid) { held.purchase.state = .paid }
        return settled
    }
}

extension LockedPayment {
    /// Until when the purchase waits, if its provider says so, within what a market can hold stock.
    fileprivate mutating func payStatements(until instant: Instant?) -> [SQL] {
        guard let instant, purchase.state == .awaitingPayment, payment.state.isPending else {
            return []
        }
        purchase.expiresAt = instant
        return [PurchaseStore.payUntilStatement(purchase.id, instant)]
    }
}

/// An attempt whose outcome came with a snapshot, to be ended with it.
struct SettledAttempt: Sendable {
    let attempt: PaymentAttempt

    func statements(for held: LockedPayment) throws -> [SQL] {
        [SettledPayment(held: held, consequences: try consequences(for: held))].statements
    }
}
