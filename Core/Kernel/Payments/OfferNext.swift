import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// A payment that waits for a customer who was never told where to go on, because the answer
    /// to its start was lost: the same is asked once more under the same key, which has no second
    /// effect and has the first answer. When it cannot be had, the customer may still choose
    /// another way to pay.
    func offerNext(
        _ placed: PlacedPurchase, after start: PaymentAttempt, at provider: GuardedPayment
    ) async throws -> PlacedPurchase {
        // Its deadline begins before the look: whoever sleeps after it wakes too late to ask.
        let context = context(for: start)
        guard placed.payment.state == .requiresAction, placed.payment.next == .none,
            placed.purchase.state == .awaitingPayment,
            start.createdAt.advanced(by: Self.attemptAgeMax) > .systemNow,
            let request = try await database.attempts.keptRequest(of: start.id)
        else { return placed }
        let started: StartedPayment
        do throws(ProviderError) {
            started = try await provider.start(request, context)
        } catch {
            logger.info(
                "payment.next-unknown",
                metadata: ["payment": "\(placed.payment.id)", "error": "\(error)"])
            return placed
        }
        guard started.next != .none, started.snapshot.reference == placed.payment.reference else {
            return placed
        }
        var statements = [
            AttemptStore.offerStatement(started.next, of: placed.payment.id),
            AttemptStore.forgetRequestStatement(start.id),
        ]
        if let instant = started.payUntil {
            statements.append(PurchaseStore.payUntilStatement(placed.purchase.id, instant))
        }
        _ = try await database.batch(statements)
        var payment = placed.payment
        payment.next = started.next
        return PlacedPurchase(purchase: placed.purchase, payment: payment)
    }
}
