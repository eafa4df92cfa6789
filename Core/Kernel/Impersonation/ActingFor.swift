import Vocabulary

/// Who acts in whose place while a request is answered. Whatever the person's name is then put to
/// in the audit trail is written under the administrator's, on behalf of the person.
public struct ActingFor: Sendable {
    public let administrator: ID<Account>
    public let person: ID<Account>
    /// Why the administrator acts for the person.
    public let reason: String

    public init(_ impersonation: Impersonation) {
        administrator = impersonation.administrator
        person = impersonation.account
        reason = impersonation.reason
    }

    /// Nil where everybody acts for themselves.
    @TaskLocal public static var current: ActingFor?
}

/// Who stands in a line of the trail.
struct AuditAuthor {
    let actor: ID<Account>?
    let kind: ActorKind
    /// For whom the actor stood in.
    let onBehalfOf: ID<Account>?
    let reason: String?

    init(_ actor: ID<Account>?, as kind: ActorKind, _ reason: String?) {
        guard let acting = ActingFor.current, acting.person == actor else {
            self.actor = actor
            self.kind = actor == nil ? .system : kind
            onBehalfOf = nil
            self.reason = reason
            return
        }
        self.actor = acting.administrator
        self.kind = .admin
        onBehalfOf = acting.person
        self.reason = [reason, acting.reason].compactMap { $0 }.joined(separator: " · ")
    }

    init(_ administrator: ID<Account>?, onBehalfOf person: ID<Account>, _ reason: String?) {
        actor = administrator
        kind = administrator == nil ? .system : .admin
        onBehalfOf = person
        self.reason = reason
    }
}
