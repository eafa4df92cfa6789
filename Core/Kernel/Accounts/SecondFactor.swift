import ProviderKit
import Vocabulary

/// What somebody signs in with beside the password.
public struct SecondFactor: Sendable {
    public let account: ID<Account>
    /// When a first code showed that the app has the secret; nil before, when it is not asked for.
    public let confirmedAt: Instant?
    /// Recovery codes that have not been used.
    public let recoveryCodesLeft: Int

    /// Wrong codes in a row after which none is looked at for a while. With six digits of which
    /// three codes are right at a time, that leaves a guesser who has the password one chance in
    /// seven hundred a day.
    static let failuresMax = 5
    static let lockSeconds: Int64 = 900
    /// How long somebody may take who was given a secret to scan.
    static let confirmationSeconds: Int64 = 900
}

/// What an authenticator app is given, shown this once.
public struct SecondFactorSecret: Sendable {
    /// Base32 in groups of four, to be typed.
    public let text: String
    /// To be scanned.
    public let uri: String
}

/// A code that opens once when the app is lost.
enum RecoveryCode {
    static let count = 10
    /// 80 bits: too many to be guessed from what is stored, so that a plain hash is enough.
    private static let byteCount = 10

    /// `K7QA-…`: sixteen letters and digits in groups of four.
    static func random() -> String { grouped(base32(randomBytes(byteCount))) }

    static func grouped(_ text: String) -> String {
        let letters = Array(text)
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: "-")
    }

    /// Nil for what cannot be one. Small letters, blanks and missing dashes are forgiven.
    static func hash(_ typed: String, of account: ID<Account>) -> [UInt8]? {
        let text = typed.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        guard text.utf8.count == 16 else { return nil }
        return sha256(Array("recovery code of \(account): \(text)".utf8))
    }
}

/// Why a second step of signing in, or a change of it, was refused.
public enum SecondFactorRefusal: Refusal {
    case codeNeeded, codeWrong
    case locked(seconds: Int)
    case isOn, isOff, notBegun

    public var code: String {
        switch self {
        case .codeNeeded: "second-factor.code-needed"
        case .codeWrong: "second-factor.code-wrong"
        case .locked: "second-factor.locked"
        case .isOn: "second-factor.is-on"
        case .isOff: "second-factor.is-off"
        case .notBegun: "second-factor.not-begun"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .codeNeeded, .codeWrong: .unauthenticated
        case .locked: .tooMany
        case .isOn, .isOff, .notBegun: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .codeNeeded: "Type the code that your authenticator app shows."
        case .codeWrong: "This code is not right, or was used already. Wait for the next one."
        case .locked(let seconds):
            "Too many wrong codes. Try again in \(max(1, (seconds + 59) / 60)) minutes."
        case .isOn: "Two-step sign-in is on already."
        case .isOff: "Two-step sign-in is not on."
        case .notBegun: "This took too long. Begin again."
        }
    }

    public var field: String? {
        switch self {
        case .codeNeeded, .codeWrong, .locked: "code"
        case .isOn, .isOff, .notBegun: nil
        }
    }
}
