import Postgres
import Vocabulary

extension PayoutStore {
    /// Its provider is asked to pay now. Written before it is, so that whoever dies before the
    /// answer leaves the doubt behind.
    /// - Returns: nil when it is not being sent any more, for somebody ended it or left it in
    ///   doubt meanwhile: then nobody may be asked.
    func doubt(_ id: ID<Payout>) async throws -> CallDoubt? {
        try await db.query(
            """
            update payout set in_doubt_at = clock_timestamp()
            from (
                select id, in_doubt_at from payout where id = \(id) for no key update
            ) old
            where payout.id = old.id and payout.state = 'sent'
            returning payout.in_doubt_at, old.in_doubt_at
            """
        ).decode { c in try CallDoubt(at: c.next(), before: c.next()) }.first
    }

    /// What was asked under this doubt was answered; what was asked before it is in as much doubt
    /// as it was, and so is what another asked after it.
    func answered(_ id: ID<Payout>, _ doubt: CallDoubt) async throws {
        try await db.execute(
            """
            update payout set in_doubt_at = \(doubt.before)
            where id = \(id) and in_doubt_at = \(doubt.at)
            """)
    }
}
