import Postgres
import Vocabulary

/// Every statement on the audit trail; rows are never changed, the database refuses it.
public struct AuditStore: Sendable {
    let db: any Queryable

    /// Writes one line, in the transaction of what it tells of. Without an actor it was the system.
    public func record(
        _ action: String, on kind: String, _ object: String, by actor: ID<Account>?,
        as actorKind: ActorKind = .admin, reason: String? = nil
    ) async throws {
        try await record(
            action, on: kind, object, by: actor, as: actorKind, reason: reason,
            before: NoPayload?.none, after: NoPayload?.none)
    }

    /// The same, with what the object was before and is now.
    public func record<State: Codable & Sendable>(
        _ action: String, on kind: String, _ object: String, by actor: ID<Account>?,
        as actorKind: ActorKind = .admin, reason: String? = nil, before: State?, after: State?
    ) async throws {
        try await db.execute(
            """
            insert into audit_log (actor_id, actor_kind, action, object_kind, object_id, reason,
                before, after)
            values (\(actor), \(actor == nil ? ActorKind.system : actorKind), \(action), \(kind),
                \(object), \(reason), \(before.map { JSON($0) }), \(after.map { JSON($0) }))
            """)
    }

    func list(_ filter: AuditFilter, _ page: PageRequest) async throws -> Page<AuditEntry> {
        let before = page.after.flatMap { Int64($0) } ?? Int64.max
        let condition: SQL =
            switch filter {
            case .everything: "true"
            case .object(let kind, let id): "object_kind = \(kind) and object_id = \(id)"
            case .actor(let account): "actor_id = \(account)"
            }
        let rows = try await db.query(
            """
            select line.id, at, actor_id, account.name, actor_kind, action, object_kind, object_id,
                reason, before, after
            from audit_log line left join account on account.id = actor_id
            where \(condition) and line.id < \(before)
            order by line.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try AuditEntry(
                id: c.next(), at: c.next(), actor: c.next(), actorName: c.next(),
                actorKind: c.next(), action: c.next(), objectKind: c.next(), objectID: c.next(),
                reason: c.next(), before: c.next(), after: c.next())
        }
        return Page(rows, limit: page.limit) { String($0.id) }
    }
}

extension Queryable {
    public var audit: AuditStore { AuditStore(db: self) }
}

extension Marketplace {
    /// The audit trail, newest first.
    public func auditTrail(
        _ filter: AuditFilter = .everything, _ page: PageRequest
    ) async throws -> Page<AuditEntry> {
        try await database.audit.list(filter, page)
    }
}
