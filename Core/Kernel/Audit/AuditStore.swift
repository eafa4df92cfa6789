import Postgres
import Vocabulary

/// Every statement on the audit trail; rows are never changed, the database refuses it.
public struct AuditStore: Sendable {
    let db: any Queryable

    /// What an object is now, to be given to `record` after the change. Kinds that the trail
    /// shows are in the database's `audit_snapshot`.
    public func before(_ kind: String, _ object: String) async throws -> AuditSnapshot {
        let found = try await db.query("select audit_snapshot(\(kind), \(object))::text")
            .decode { c in try c.next(String?.self) }
        return AuditSnapshot(json: found.first ?? nil)
    }

    /// The same for several objects of a kind.
    func before(_ kind: String, _ objects: [String]) async throws -> [String: AuditSnapshot] {
        let found = try await db.query(
            """
            select object, audit_snapshot(\(kind), object)::text
            from unnest(\(objects)::text[]) t(object)
            """
        ).decode { c in (try c.next(String.self), AuditSnapshot(json: try c.next(String?.self))) }
        return Dictionary(found) { first, _ in first }
    }

    /// Writes one line, in the transaction of what it tells of and after it. What the object is
    /// now, and how that differs from `before`, comes from the database. Without an actor it was
    /// the system.
    public func record(
        _ action: String, on kind: String, _ object: String, by actor: ID<Account>?,
        as actorKind: ActorKind = .admin, reason: String? = nil, before: AuditSnapshot? = nil
    ) async throws {
        try await db.execute(
            Self.statement(
                action, on: kind, object, by: actor, as: actorKind, reason: reason, before: before))
    }

    /// The same for somebody who acts for a shop.
    public func record(
        _ action: String, on kind: String, _ object: String, by member: SellerMember,
        reason: String? = nil, before: AuditSnapshot? = nil
    ) async throws {
        try await db.execute(
            Self.statement(action, on: kind, object, by: member, reason: reason, before: before))
    }

    /// ``record(_:on:_:by:as:reason:before:)`` as the last statement of a batch.
    static func statement(
        _ action: String, on kind: String, _ object: String, by actor: ID<Account>?,
        as actorKind: ActorKind = .admin, for seller: ID<Seller>? = nil, reason: String? = nil,
        before: AuditSnapshot? = nil
    ) -> SQL {
        let author = AuditAuthor(actor, as: actorKind, reason)
        return """
            insert into audit_log (actor_id, actor_kind, on_behalf_of, impersonation_id,
                seller_id, action, object_kind, object_id, reason, before, after)
            select \(author.actor)::uuid, \(author.kind), \(author.onBehalfOf)::uuid,
                \(author.impersonation)::uuid, \(seller)::uuid, \(action), \(kind), \(object),
                \(author.reason),
                audit_difference(state.before, state.after),
                audit_difference(state.after, state.before)
            from (
                select \(before?.json)::jsonb as before,
                    audit_snapshot(\(kind), \(object)) as after
            ) state
            """
    }

    static func statement(
        _ action: String, on kind: String, _ object: String, by member: SellerMember,
        reason: String? = nil, before: AuditSnapshot? = nil
    ) -> SQL {
        statement(
            action, on: kind, object, by: member.account, as: .seller, for: member.seller,
            reason: reason, before: before)
    }

    /// Writes one line with what the object was and is, as the caller sees it.
    public func record<State: Codable & Sendable>(
        _ action: String, on kind: String, _ object: String, by actor: ID<Account>?,
        as actorKind: ActorKind = .admin, for seller: ID<Seller>? = nil, reason: String? = nil,
        before: State?, after: State?
    ) async throws {
        try await record(
            action, on: kind, object, by: AuditAuthor(actor, as: actorKind, reason), for: seller,
            before: before, after: after)
    }

    /// The same where it is known for whom the actor stood in.
    func record<State: Codable & Sendable>(
        _ action: String, on kind: String, _ object: String, by author: AuditAuthor,
        for seller: ID<Seller>? = nil, before: State?, after: State?
    ) async throws {
        try await db.execute(
            """
            insert into audit_log (actor_id, actor_kind, on_behalf_of, impersonation_id,
                seller_id, action, object_kind, object_id, reason, before, after)
            values (\(author.actor), \(author.kind), \(author.onBehalfOf),
                \(author.impersonation), \(seller), \(action), \(kind), \(object),
                \(author.reason), \(before.map { JSON($0) }), \(after.map { JSON($0) }))
            """)
    }

    func list(_ filter: AuditFilter, _ page: PageRequest) async throws -> Page<AuditEntry> {
        let before = page.after.flatMap { Int64($0) } ?? Int64.max
        let condition: SQL =
            switch filter {
            case .everything: "true"
            case .object(let kind, let id): "object_kind = \(kind) and object_id = \(id)"
            case .actor(let account): "actor_id = \(account)"
            case .seller(let seller): "line.seller_id = \(seller)"
            case .team(let seller): "line.seller_id = \(seller) and actor_kind = 'seller'"
            case .onBehalfOf(let account): "on_behalf_of = \(account)"
            }
        let rows = try await db.query(
            """
            select line.id, at, actor_id, account.name, actor_kind, on_behalf_of, person.name,
                impersonation_id, impersonation.reason, line.seller_id, seller.name, action,
                object_kind, object_id, line.reason, before, after
            from audit_log line
            left join account on account.id = actor_id
            left join account person on person.id = on_behalf_of
            left join impersonation on impersonation.id = line.impersonation_id
            left join seller on seller.id = line.seller_id
            where \(condition) and line.id < \(before)
            order by line.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try AuditEntry(
                id: c.next(), at: c.next(), actor: c.next(), actorName: c.next(),
                actorKind: c.next(), onBehalfOf: c.next(), onBehalfOfName: c.next(),
                impersonation: c.next(), impersonationReason: c.next(), seller: c.next(),
                sellerName: c.next(), action: c.next(), objectKind: c.next(),
                objectID: c.next(), reason: c.next(), before: c.next(), after: c.next())
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
