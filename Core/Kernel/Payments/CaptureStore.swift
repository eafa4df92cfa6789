import Postgres
import Vocabulary

/// What decides how an order's share is taken or released.
struct CaptureStore {
    let db: any Queryable

    /// Whether nothing of the authorization will be asked for after this capture.
    func isLast(_ attempt: PaymentAttempt) async throws -> Bool {
        guard let order = attempt.order else { return true }
        return try await db.query(
            """
            select s.order_id from payment_share s join orders o on o.id = s.order_id
            where s.payment_id = \(attempt.payment) and s.order_id <> \(order)
                and s.captured = 0 and s.amount > 0 and o.state <> 'cancelled'
            limit 1
            """
        ).isEmpty
    }
}

extension Queryable {
    var captures: CaptureStore { CaptureStore(db: self) }
}
