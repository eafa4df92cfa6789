import Vocabulary

/// Somebody of the back office looking at the shop or the sellers' desk as somebody else sees it.
public struct Impersonation: Sendable {
    public let id: ID<Impersonation>
    public let administrator: ID<Account>
    public let administratorName: String
    /// As whom.
    public let account: ID<Account>
    public let accountName: String
    /// Never the back office.
    public let app: AccessToken.Audience
    /// The shop that is worked on, in the sellers' app.
    public let seller: ID<Seller>?
    public let sellerName: String?
    public let reason: String
    public let begunAt: Instant
    /// When the pass was used; nil when nobody has used it.
    public let openedAt: Instant?
    /// It is over then, whatever happens.
    public let until: Instant
    public let endedAt: Instant?
    public let ending: Ending?

    /// Why it is over.
    public enum Ending: String, SQLText, CaseIterable {
        case administrator, person
        case timeOver = "time_over"
        case notOpened = "not_opened"
        /// The administrator, or the person, is not any more who they were.
        case rightLost = "right_lost"
        case signedOut = "signed_out"
    }

    /// Who may do it.
    public static let roles: [AdminRole] = [.administrator, .support]
    /// How long the pass opens it.
    public static let passLifetime = Duration.seconds(60)
    /// How many of one administrator may go on at the same time.
    static let openMax = 5
}

/// What an administrator was signed in with when an impersonation began: it ends together with it.
public enum ImpersonationOrigin: Sendable {
    /// SHA-256 of the session's token, in hexadecimal.
    case session(hash: String)
    /// A personal access token.
    case token(secret: String)
}

/// One that goes on, and the session of the back office that it hangs on; nil when it hangs on an
/// access token, which was looked up with it.
public struct LiveImpersonation: Sendable {
    public let impersonation: Impersonation
    public let sessionHash: String?
    /// In which that session has to be, as it is of an administrator who may have ended it.
    public let administratorEpoch: Int
}

/// Which impersonations are asked for.
public enum ImpersonationFilter: Sendable {
    case everything
    case open
    /// Those as this person.
    case account(ID<Account>)
}

/// Why somebody cannot be looked on as.
public enum ImpersonationRefusal: Refusal, CaseIterable {
    case notAllowed, oneself, staff, notMember, tooMany
    case passSpent
    case unknown, over

    public var code: String {
        switch self {
        case .notAllowed: "impersonation.not-allowed"
        case .oneself: "impersonation.oneself"
        case .staff: "impersonation.staff"
        case .notMember: "impersonation.not-member"
        case .tooMany: "impersonation.too-many"
        case .passSpent: "impersonation.pass-spent"
        case .unknown: "impersonation.unknown"
        case .over: "impersonation.over"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .notAllowed, .passSpent: .forbidden
        case .oneself, .staff, .tooMany, .over: .conflict
        case .notMember: .invalid
        case .unknown: .missing
        }
    }

    public var explanation: String {
        switch self {
        case .notAllowed: "Your role does not let you look on as somebody else."
        case .oneself: "This is you. Sign in there yourself."
        case .staff: "Nobody looks on as somebody who has a role in the back office."
        case .notMember: "This person does not work for that shop."
        case .tooMany: "End another one first: you look on as several people already."
        case .passSpent:
            "This was used already, or is more than a minute old. Begin again in the back office."
        case .unknown: "Nobody looks on under this number."
        case .over: "This is over already."
        }
    }

    public var field: String? { self == .notMember ? "seller" : nil }
}
