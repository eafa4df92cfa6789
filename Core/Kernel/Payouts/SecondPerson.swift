import Postgres
import Vocabulary

/// What one administrator asked for and a second one has to ask for too, before it is done.
public struct SecondPersonWish: Hashable, Sendable {
    /// Of which currency's limit, or of which payout.
    let subject: String
    let wish: String
    public let reason: String
    public let askedBy: ID<Account>
    public let askedAt: Instant

    /// What was asked for so many days ago counts no more.
    static let daysMax = 7
}

extension Transaction {
    /// Whether a second person asks for what another one asked for; otherwise it is written down
    /// for the next one to see. Who changes what is asked for begins anew.
    /// - Parameters:
    ///   - wish: what is to be done, word for word the same of both.
    ///   - subject: what it is about; one wish at a time.
    func isWantedByTwo(
        _ wish: String, of subject: String, reason: String, by admin: ID<Account>
    ) async throws -> Bool {
        if let first = try await secondPersons.lock(subject), first.wish == wish,
            first.askedBy != admin
        {
            try await secondPersons.delete(subject)
            return true
        }
        try await secondPersons.insert(wish, of: subject, reason: reason, by: admin)
        return false
    }
}
