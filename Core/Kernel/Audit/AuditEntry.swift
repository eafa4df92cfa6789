import Vocabulary

/// One line of the audit trail: who did what to what, why, and what changed.
public struct AuditEntry: Sendable {
    public let id: Int64
    public let at: Instant
    public let actor: ID<Account>?
    public let actorName: String?
    public let actorKind: ActorKind
    /// Noun and past tense: `seller.verified`.
    public let action: String
    public let objectKind: String
    public let objectID: String
    public let reason: String?
    /// The object before and after as JSON, where the action recorded them.
    public let before: String?
    public let after: String?
}

/// As what somebody acted.
public enum ActorKind: String, SQLText, Sendable, CaseIterable {
    case customer, seller, admin, system
}

/// Which lines of the trail are asked for.
public enum AuditFilter: Hashable, Sendable {
    case everything
    case object(kind: String, id: String)
    case actor(ID<Account>)
}
