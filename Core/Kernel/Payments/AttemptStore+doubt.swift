import Postgres
import Vocabulary

extension AttemptStore {
    /// What is still as it was claimed: not over, under the same key, and claimed by nobody since.
    private static func stillClaimed(_ attempt: PaymentAttempt) -> SQL {
        """
        a.id = \(attempt.id) and a.key_number = \(attempt.keyNumber) and a.tries = \(attempt.tries)
            and a.state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Whether its provider may be asked: whoever slept over the end of the claim may not.
    func isStillClaimed(_ attempt: PaymentAttempt) async throws -> Bool {
        try await !db.query(
            "select id from payment_attempt a where \(Self.stillClaimed(attempt))"
        ).isEmpty
    }

    /// Whether the provider may be asked to begin a payment, which was written as sent: nobody has
    /// settled it or gone on with it since. Waits for whoever does so at this moment.
    func mayStart(_ plan: PaymentPlan) async throws -> Bool {
        try await !db.query(
            """
            select a.id from payment p
            join payment_attempt a on a.payment_id = p.id and a.id = \(plan.attempt)
            where p.id = \(plan.payment) and p.state = 'created' and a.state = 'sent'
                and a.tries = 1
            for no key update
            """
        ).isEmpty
    }

    /// Something is sent now. Written before it is, so that whoever dies before the answer leaves
    /// the doubt behind.
    /// - Returns: nil when somebody else has claimed or ended it: then nothing may be sent.
    func doubt(_ attempt: PaymentAttempt) async throws -> CallDoubt? {
        try await db.query(
            """
            update payment_attempt a set in_doubt_at = clock_timestamp()
            from (
                select id, in_doubt_at from payment_attempt where id = \(attempt.id)
                for no key update
            ) old
            where a.id = old.id and \(Self.stillClaimed(attempt))
            returning a.in_doubt_at, old.in_doubt_at
            """
        ).decode { c in try CallDoubt(at: c.next(), before: c.next()) }.first
    }

    /// What was sent under this doubt was answered; what was sent before it is in as much doubt as
    /// it was.
    /// - Returns: false when somebody else has sent something since, which stays in doubt.
    func answered(_ id: ID<PaymentAttempt>, _ doubt: CallDoubt) async throws -> Bool {
        try await db.execute(
            """
            update payment_attempt set in_doubt_at = \(doubt.before)
            where id = \(id) and in_doubt_at = \(doubt.at)
            """) == 1
    }
}
