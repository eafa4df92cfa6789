import ProviderKit
import Vocabulary

/// An address that was asked into a shop, and was neither taken in nor taken back yet.
public struct TeamInvitation: Hashable, Sendable {
    public let id: ID<TeamInvitation>
    public let seller: ID<Seller>
    /// What the shop is called.
    public let shop: String
    /// In lower case.
    public let email: String
    public let role: SellerRole
    /// When the newest link went out.
    public let sentAt: Instant
    /// Until when that link is good.
    public let expiresAt: Instant
    let state: Seller.State

    /// A link is good for a week: somebody may be away when it comes.
    static let lifetime = Duration.seconds(7 * 86_400)
    /// So many a shop may have open, those whose links are too old too.
    static let openMax = 20
    /// So many a shop may begin within a day, those taken back too.
    static let dailyMax = 40
    /// So many links go to one address within a day, whichever shops ask.
    static let letterDailyMax = 5

    /// Whether the newest link is too old.
    public func isOver(at now: Instant) -> Bool { expiresAt <= now }

    /// 256 random bits, safe in a URL.
    static func newToken() -> String { base64(randomBytes(32), urlSafe: true) }

    static func hash(of token: String) -> [UInt8] {
        sha256(Array("team invitation \(token)".utf8))
    }
}

/// Why nobody was asked into a shop, or did not join it.
public enum TeamInvitationRefusal: Refusal, CaseIterable {
    /// One answer for a link that never was, was used, was taken back, and is too old.
    case over
    case unknown, openAlready, tooManyOpen, tooManyToday, tooManyLetters
    case teamFull, shopClosed, shopSuspended
    /// The link was sent to another address than the account's.
    case otherAddress

    public var code: String {
        switch self {
        case .over: "team-invitation.over"
        case .unknown: "team-invitation.unknown"
        case .openAlready: "team-invitation.open-already"
        case .tooManyOpen: "team-invitation.too-many-open"
        case .tooManyToday: "team-invitation.too-many-today"
        case .tooManyLetters: "team-invitation.too-many-letters"
        case .teamFull: "team-invitation.team-full"
        case .shopClosed: "team-invitation.shop-closed"
        case .shopSuspended: "team-invitation.shop-suspended"
        case .otherAddress: "team-invitation.other-address"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .over, .unknown: .missing
        case .openAlready, .tooManyOpen, .tooManyToday, .tooManyLetters, .teamFull,
            .shopClosed, .shopSuspended, .otherAddress:
            .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .over: "This invitation was used or taken back already, or its link is too old."
        case .unknown: "There is no such invitation."
        case .openAlready: "This address is invited already. You can send the link again."
        case .tooManyOpen:
            "At most \(TeamInvitation.openMax) invitations may be open. Take one back first."
        case .tooManyToday:
            "A shop sends at most \(TeamInvitation.dailyMax) invitations a day. Go on tomorrow."
        case .tooManyLetters: "This address was sent enough links today. Wait until tomorrow."
        case .teamFull: "A team has at most \(teamMax) members. Somebody has to leave it first."
        case .shopClosed: "This shop is closed: nobody joins it any more."
        case .shopSuspended: "This shop is suspended at present: nobody joins it meanwhile."
        case .otherAddress: "This invitation was sent to another address than your account has."
        }
    }

    public var field: String? {
        switch self {
        case .openAlready, .tooManyLetters: "email"
        default: nil
        }
    }
}

/// What the audit trail keeps of an invitation; the address is the person's to take back.
struct InvitationTrace: Codable, Sendable {
    let invitation: ID<TeamInvitation>
    let role: SellerRole
}
