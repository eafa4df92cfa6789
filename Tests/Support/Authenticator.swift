import Kernel
import ProviderKit
import Vocabulary

/// An authenticator app on somebody's telephone: reads a key URI and shows codes (RFC 6238).
public struct Authenticator: Sendable {
    private let secret: [UInt8]

    /// Nil for what is no key URI.
    public init?(uri: String) {
        guard let start = uri.firstRange(of: "secret=") else { return nil }
        self.init(secret: String(uri[start.upperBound...].prefix { $0 != "&" }))
    }

    /// - Parameter secret: base32, blanks and dashes forgiven.
    public init?(secret text: String) {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for letter in text where letter != " " && letter != "-" {
            guard let value = letters.firstIndex(of: letter) else { return nil }
            group = group << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bits))
                group &= (1 << bits) - 1
            }
        }
        secret = bytes
    }

    /// The code of now, or of some half-minutes earlier or later. Waits where the next one is
    /// about to begin, so that what is sent is still what was meant.
    public func code(_ offset: Int64 = 0) async throws -> String {
        while Instant.systemNow.secondsSince1970 % 30 >= 27 {
            try await Task.sleep(for: .milliseconds(200))
        }
        let counter = Instant.systemNow.secondsSince1970 / 30 + offset
        let message = (0..<8).reversed().map { UInt8(truncatingIfNeeded: counter >> ($0 * 8)) }
        let digest = hmacSHA1(message, key: secret)
        let start = Int(digest[19] & 15)
        let number =
            digest[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - text.count) + text
    }
}
