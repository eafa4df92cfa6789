import ProviderKit
import Vocabulary

/// Where the platform hands in tax, as the tax provider calls the jurisdiction: `DE`, `US-CA`.
/// Each has its own account in the books. Tax that sellers hand in themselves never gets there.
public enum TaxJurisdiction {
    /// An account's owner, made from the name (UUIDv8, RFC 9562 section 5.8).
    static func owner(_ jurisdiction: String) -> String {
        var bytes = Array(sha256(Array("tax jurisdiction\n\(jurisdiction)".utf8)).prefix(16))
        bytes[6] = 0x80 | bytes[6] & 0x0F
        bytes[8] = 0x80 | bytes[8] & 0x3F
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += String(byte >> 4, radix: 16) + String(byte & 0x0F, radix: 16)
        }
        return text
    }

    /// The one of an order's lines: what they have in common, down from the country, where a
    /// provider names several. Nil when the platform hands in nothing.
    static func common(of lines: [TaxLine]) -> String? {
        let names = Set(
            lines.filter { $0.remitter == .platform && !$0.amount.isZero }.map(\.jurisdiction))
        guard var shared = names.first?.split(separator: "-") else { return nil }
        for name in names {
            shared = zip(shared, name.split(separator: "-")).prefix { $0 == $1 }.map(\.0)
        }
        return shared.isEmpty ? "several" : shared.joined(separator: "-")
    }
}
