import Vocabulary

/// Who acts in whose place while a request is answered. Whatever the person's name is then put to
/// in the audit trail is written under the administrator's, on behalf of the person.
public struct ActingFor: Sendable {
    public let administrator: ID<Account>
    public let person: ID<Account>
    /// In which impersonation: its row says why.
    public let impersonation: ID<Impersonation>

    public init(_ impersonation: Impersonation) {
        administrator = impersonation.administrator
        person = impersonation.account
        self.impersonation = impersonation.id
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
    let impersonation: ID<Impersonation>?
    let reason: String?

    init(_ actor: ID<Account>?, as kind: ActorKind, _ reason: String?) {
        self.reason = reason
        guard let acting = ActingFor.current, acting.person == actor else {
            self.actor = actor
            self.kind = actor == nil ? .system : kind
            onBehalfOf = nil
            impersonation = nil
            return
        }
        self.actor = acting.administrator
        self.kind = .admin
        onBehalfOf = acting.person
        impersonation = acting.impersonation
    }

    /// - Parameter reason: never that of the impersonation, which the trail could not forget.
    init(_ administrator: ID<Account>?, in impersonation: Impersonation, _ reason: String?) {
        actor = administrator
        kind = administrator == nil ? .system : .admin
        onBehalfOf = impersonation.account
        self.impersonation = impersonation.id
        self.reason = reason
    }
}
