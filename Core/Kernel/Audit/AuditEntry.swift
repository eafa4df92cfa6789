import Vocabulary

/// One line of the audit trail: who did what to what, why, and what changed.
public struct AuditEntry: Sendable {
    public let id: Int64
    public let at: Instant
    public let actor: ID<Account>?
    public let actorName: String?
    public let actorKind: ActorKind
    /// In whose place the actor acted, looking on as that person.
    public let onBehalfOf: ID<Account>?
    public let onBehalfOfName: String?
    public let impersonation: ID<Impersonation>?
    /// Why the actor looks on, for as long as the person is not erased.
    public let impersonationReason: String?
    /// The shop that a seller acted for.
    public let seller: ID<Seller>?
    public let sellerName: String?
    /// Noun and past tense: `seller.verified`.
    public let action: String
    public let objectKind: String
    public let objectID: String
    public let reason: String?
    /// What was different before, and what it is since, as JSON; of a new object all of it.
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
    /// Whatever was done for a shop by its team.
    case seller(ID<Seller>)
    /// The same, but for what somebody of the back office did in a member's place.
    case team(ID<Seller>)
    /// Whatever somebody of the back office did in this person's place.
    case onBehalfOf(ID<Account>)
}

/// An object as it was, as JSON: taken before a change, to be recorded with it.
public struct AuditSnapshot: Sendable {
    let json: String?
}
