import Vocabulary

/// A person. One account may buy, belong to several sellers and administer.
public struct Account: Hashable, Sendable, Codable {
    public let id: ID<Account>
    /// In lower case.
    public let email: String
    public let name: String
    public let createdAt: Instant
    /// How often everything ended that was signed in as the account: what was begun under an
    /// earlier number opens nothing.
    public internal(set) var accessEpoch = 0

    /// The longest address that mail can travel to (RFC 5321, section 4.5.3.1).
    static let emailLengthMax = 254

    /// The address as it is stored: without outer blanks, in lower case.
    /// - Throws: ``AccountRefusal/emailInvalid`` for what is not `name@host.tld` in ASCII.
    static func normalizedEmail(_ text: String) throws(AccountRefusal) -> String {
        let email = InputText.trimmed(text).lowercased()
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        let plain = email.utf8.allSatisfy { $0 > 32 && $0 < 127 }
        guard plain, email.utf8.count <= emailLengthMax, parts.count == 2,
            (1...64).contains(parts[0].utf8.count), isHostName(parts[1]),
            !email.utf8.contains(where: { "\"(),:;<>[\\]".utf8.contains($0) })
        else { throw .emailInvalid }
        return email
    }

    /// What guesses at the account of this address are counted under: equal for all spellings
    /// that open the same account.
    public static func limitKey(of email: String) -> String {
        InputText.trimmed(email).lowercased()
    }

    private static func isHostName(_ host: Substring) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-")
                    && !label.hasSuffix("-")
            }
    }
}

/// What an account may do in the back office.
public enum AdminRole: String, SQLText, Sendable, CaseIterable, Codable {
    case administrator, support, finance, catalogue
}

/// Why an account's wish was refused.
public enum AccountRefusal: Refusal, CaseIterable {
    case emailInvalid, emailTaken, passwordTooShort, passwordTooLong, passwordGuessable
    /// One answer for "no such account" and "wrong password".
    case signInFailed
    case passwordWrong
    case unknown, tokenInvalid, tokenUnknown, tooManyTokens, lastAdministrator

    public var code: String {
        switch self {
        case .emailInvalid: "account.email-invalid"
        case .emailTaken: "account.email-taken"
        case .passwordTooShort: "account.password-too-short"
        case .passwordTooLong: "account.password-too-long"
        case .passwordGuessable: "account.password-guessable"
        case .signInFailed: "account.sign-in-failed"
        case .passwordWrong: "account.password-wrong"
        case .unknown: "account.unknown"
        case .tokenInvalid: "account.token-invalid"
        case .tokenUnknown: "account.token-unknown"
        case .tooManyTokens: "account.too-many-tokens"
        case .lastAdministrator: "account.last-administrator"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .emailInvalid, .passwordTooShort, .passwordTooLong, .passwordGuessable,
            .passwordWrong:
            .invalid
        case .emailTaken, .tooManyTokens, .lastAdministrator: .conflict
        case .signInFailed, .tokenInvalid: .unauthenticated
        case .unknown, .tokenUnknown: .missing
        }
    }

    public var explanation: String {
        switch self {
        case .emailInvalid: "This is not an e-mail address that can be used."
        case .emailTaken: "There is an account with this e-mail address. Sign in instead."
        case .passwordTooShort: "The password needs at least \(Password.lengthMin) characters."
        case .passwordTooLong: "The password may have at most \(Password.lengthMax) characters."
        case .passwordGuessable: "This password is too easy to guess. Choose another one."
        case .signInFailed: "E-mail address and password do not fit together."
        case .passwordWrong: "This is not your present password."
        case .unknown: "There is no such account."
        case .tokenInvalid: "This access token is not valid, or no longer."
        case .tokenUnknown: "There is no such access token."
        case .tooManyTokens: "Revoke a token first: an account has at most 50."
        case .lastAdministrator: "Somebody has to stay administrator."
        }
    }

    public var field: String? {
        switch self {
        case .emailInvalid, .emailTaken: "email"
        case .passwordTooShort, .passwordTooLong, .passwordGuessable: "password"
        case .passwordWrong: "currentPassword"
        default: nil
        }
    }
}
