public import Vocabulary

/// The signature scheme `t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">` that several providers
/// use, among them the sandbox.
public struct WebhookSignature: Hashable, Sendable {
    public var timestamp: Int64
    public var signatures: [[UInt8]]

    /// How far the signing time may be from ours, either way: five minutes, as the field does.
    public static let toleranceSeconds: Int64 = 300

    /// Reads the header; nil when it is not of this scheme.
    public init?(header: String) {
        var timestamp: Int64?
        var signatures: [[UInt8]] = []
        for part in header.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            switch pair[0] {
            case "t": timestamp = Int64(pair[1])
            case "v1":
                guard let signature = bytes(hexadecimal: pair[1]) else { return nil }
                signatures.append(signature)
            default: continue
            }
        }
        guard let timestamp, !signatures.isEmpty else { return nil }
        self.timestamp = timestamp
        self.signatures = signatures
    }

    /// The header's value for `body`, signed at `instant`.
    public static func header(_ body: [UInt8], secret: Secret, at instant: Instant) -> String {
        let seconds = instant.secondsSince1970
        let signature = sign(body, secret: secret, timestamp: seconds)
        return "t=\(seconds),v1=\(hexadecimal(signature))"
    }

    /// Whether one of the signatures is by one of the secrets, and fresh at `instant`. Every
    /// pair is compared in constant time.
    public func holds(for body: [UInt8], secrets: [Secret], at instant: Instant) -> Bool {
        let (age, overflow) = instant.secondsSince1970.subtractingReportingOverflow(timestamp)
        guard !overflow, age.magnitude <= UInt64(Self.toleranceSeconds) else { return false }
        var holds = false
        for secret in secrets {
            let expected = Self.sign(body, secret: secret, timestamp: timestamp)
            for signature in signatures where constantTimeEqual(signature, expected) {
                holds = true
            }
        }
        return holds
    }

    private static func sign(_ body: [UInt8], secret: Secret, timestamp: Int64) -> [UInt8] {
        hmacSHA256(Array("\(timestamp).".utf8) + body, key: Array(secret.reveal().utf8))
    }
}
