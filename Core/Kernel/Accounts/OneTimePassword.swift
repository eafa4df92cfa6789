import ProviderKit
import Vocabulary

/// A code that changes with the time (RFC 6238), made of a secret that the market and somebody's
/// authenticator app share. Pure.
struct OneTimePassword: Sendable {
    /// Seconds for which a code is shown.
    static let step: Int64 = 30
    /// Digits of a code.
    static let digits = 6
    /// Steps before and after the present one that are taken: clocks differ, people type slowly
    /// (RFC 6238, section 5.2).
    static let window: Int64 = 1
    /// 160 bits, as RFC 4226, section 4, recommends.
    static let secretBytes = 20

    let secret: [UInt8]

    /// The code of a counter (RFC 4226, section 5.3).
    static func code(of secret: [UInt8], counter: Int64, digits: Int = digits) -> String {
        let message = (0..<8).reversed().map { UInt8(truncatingIfNeeded: counter >> ($0 * 8)) }
        let digest = hmacSHA1(message, key: secret)
        let offset = Int(digest[19] & 0x0F)
        let number =
            UInt32(digest[offset] & 0x7F) << 24 | UInt32(digest[offset + 1]) << 16
            | UInt32(digest[offset + 2]) << 8 | UInt32(digest[offset + 3])
        let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    static func step(at instant: Instant) -> Int64 { instant.secondsSince1970 / step }

    /// The time step whose code this is, when it is one of those taken now and later than `last`.
    /// Every candidate is compared, so that the time tells nothing.
    func step(of code: String, at instant: Instant, after last: Int64) -> Int64? {
        let now = Self.step(at: instant)
        var found: Int64?
        for step in (now - Self.window)...(now + Self.window) where step >= 0 {
            let isSame = constantTimeEqual(
                Array(Self.code(of: secret, counter: step).utf8), Array(code.utf8))
            if isSame, step > last { found = step }
        }
        return found
    }

    /// What an app reads from a QR code: the key URI that all of them understand
    /// (github.com/google/google-authenticator/wiki/Key-Uri-Format).
    func uri(issuer: String, account: String) -> String {
        let label = Self.escaped("\(issuer):\(account)")
        return "otpauth://totp/\(label)?secret=\(base32(secret))&issuer=\(Self.escaped(issuer))"
            + "&algorithm=SHA1&digits=\(Self.digits)&period=\(Self.step)"
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + hexadecimal([byte]).uppercased()
        }.joined()
    }
}
