import ProviderKit
import Vocabulary

/// What a link says that was sent to somebody who forgot their password.
public struct PasswordReset: Sendable {
    let id: ID<PasswordReset>
    public let account: ID<Account>
    /// Of the account as it is now: what a new password must not be.
    let email: String

    /// Long enough to find the mail, short enough for a mailbox that others read later.
    static let lifetime = Duration.seconds(3600)
    /// So many links an hour are sent to one account, whoever asks.
    static let hourlyMax = 3

    /// 256 random bits, safe in a URL.
    static func newToken() -> String { base64(randomBytes(32), urlSafe: true) }

    static func hash(of token: String) -> [UInt8] {
        sha256(Array("password reset \(token)".utf8))
    }
}

/// Why no new password was set by a link.
public enum PasswordResetRefusal: Refusal, CaseIterable {
    /// One answer for a link that never was, was used, and is too old.
    case over

    public var code: String { "password-reset.over" }
    public var reason: RefusalReason { .missing }
    public var explanation: String {
        switch self {
        case .over: "This link was used already, or is too old. Have a new one sent."
        }
    }
}
