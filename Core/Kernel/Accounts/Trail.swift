import Postgres
import Vocabulary

extension Queryable {
    /// Writes one line of the audit trail, in the transaction of what it tells of.
    func record(
        _ action: String, on kind: String, _ object: String, by actor: ID<Account>?,
        as actorKind: ActorKind = .admin, reason: String? = nil
    ) async throws {
        try await audit.record(action, on: kind, object, by: actor, as: actorKind, reason: reason)
    }
}
