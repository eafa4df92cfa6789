import ProviderKit
import Vocabulary

/// What a link says that was sent to the address of a guest's purchase.
public struct PurchaseClaim: Sendable {
    public let purchase: ID<Purchase>
    public let number: String
    public let placedAt: Instant
    public let expiresAt: Instant

    /// A day: long enough to look into one's mail, short enough for a mailbox that is read later
    /// by somebody else.
    static let lifetime = Duration.seconds(86_400)
    /// So many links an hour are sent for one purchase, whoever asks.
    static let hourlyMax = 3

    /// 256 random bits, safe in a URL.
    static func newToken() -> String { base64(randomBytes(32), urlSafe: true) }

    static func hash(of token: String) -> [UInt8] {
        sha256(Array("purchase claim \(token)".utf8))
    }
}

/// Why a guest's purchase was not put into an account.
public enum ClaimRefusal: Refusal, CaseIterable {
    /// One answer for a link that never was, was used, and is too old.
    case over
    case owned, tooMany

    public var code: String {
        switch self {
        case .over: "claim.over"
        case .owned: "claim.owned"
        case .tooMany: "claim.too-many"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .over: .missing
        case .owned: .conflict
        case .tooMany: .tooMany
        }
    }

    public var explanation: String {
        switch self {
        case .over: "This link was used already, or is too old. Have a new one sent."
        case .owned: "This purchase is in an account already. Sign in to see it."
        case .tooMany: "We have just written to this purchase's address. Look there first."
        }
    }
}
