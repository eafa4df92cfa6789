import Postgres
import Vocabulary

extension Queryable {
    /// Writes one line of the audit trail, in the transaction of what it tells of.
    func record(
        _ action: String, on kind: String, _ object: String, by actor: ID<Account>?,
        as actorKind: ActorKind = .admin, reason: String? = nil
    ) async throws {
        try await execute(
            """
            insert into audit_log (actor_id, actor_kind, action, object_kind, object_id, reason)
            values (\(actor), \(actor == nil ? ActorKind.system : actorKind), \(action), \(kind),
                \(object), \(reason))
            """)
    }
}

/// As what somebody acted.
enum ActorKind: String, SQLText { case customer, seller, admin, system }
