import ProviderKit
import Vocabulary

/// What a link says that was sent to the address that an account shall have.
public struct EmailChange: Sendable {
    let id: ID<EmailChange>
    let account: ID<Account>
    /// The address as it will be.
    public let email: String

    /// Time enough for a mailbox that is opened in the evening.
    static let lifetime = Duration.seconds(86_400)
    /// So many links an hour are sent for one account.
    static let hourlyMax = 3

    /// 256 random bits, safe in a URL.
    static func newToken() -> String { base64(randomBytes(32), urlSafe: true) }

    static func hash(of token: String) -> [UInt8] { sha256(Array("email change \(token)".utf8)) }
}

/// Why an account keeps the address that it has.
public enum EmailChangeRefusal: Refusal, CaseIterable {
    /// One answer for a link that never was, was used, and is too old.
    case over
    case same, tooMany
    /// Said to whoever reads the mail of that address, and to nobody else.
    case taken

    public var code: String {
        switch self {
        case .over: "email-change.over"
        case .same: "email-change.same"
        case .tooMany: "email-change.too-many"
        case .taken: "email-change.taken"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .over: .missing
        case .same: .invalid
        case .tooMany: .tooMany
        case .taken: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .over: "This link was used already, or is too old. Ask for a new one."
        case .same: "This is your address already."
        case .tooMany: "Three links were sent within the hour. Look for them, or wait a while."
        case .taken: "By now there is another account with this address."
        }
    }

    public var field: String? { self == .same ? "email" : nil }
}
