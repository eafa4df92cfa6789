import FoundationEssentials
import Vocabulary

/// A message in the form of RFC 5322, in plain text as UTF-8 (RFC 2045, base64). Pure.
struct MailMessage: Sendable {
    let id: ID<Mail>
    let from: String
    let recipient: String
    var language = Language.english
    let subject: String
    let body: String
    let at: Instant

    /// Lines end in CR LF; none is longer than 78 bytes but for an address that is.
    var text: String {
        let domain = from.split(separator: "@").last.map(String.init) ?? "localhost"
        return [
            "Date: \(Self.date(at))", "From: Guildhall <\(from)>", "To: <\(recipient)>",
            "Subject: \(Self.encoded(subject))", "Message-ID: <\(id)@\(domain)>",
            // RFC 3834: nobody's holiday answers it.
            "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            // RFC 3282.
            "Content-Language: \(language.code)",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
        ].map { $0 + "\r\n" }.joined() + Self.base64(body)
    }

    /// Whether an address can stand in a header and on the server's command line: printable ASCII
    /// without what ends it there (RFC 5321 section 4.1.2, without quoted local parts).
    static func isAddress(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return (3...254).contains(bytes.count) && parts.count == 2
            && parts.allSatisfy { !$0.isEmpty } && !text.hasPrefix("-")
            && bytes.allSatisfy { (33...126).contains($0) }
            && !text.contains { "<>()[],;:\\\"".contains($0) }
    }

    private static func base64(_ text: String) -> String {
        let bytes = Array(text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
        // 57 bytes are 76 characters.
        return stride(from: 0, to: bytes.count, by: 57).map { start in
            Data(bytes[start..<min(start + 57, bytes.count)]).base64EncodedString() + "\r\n"
        }.joined()
    }

    /// RFC 2047: words of at most 75 characters, each whole characters; plain ASCII as it is.
    private static func encoded(_ subject: String) -> String {
        let line = String(subject.map { $0.isNewline ? " " : $0 })
        let isPlain = line.utf8.allSatisfy { (32...126).contains($0) }
        if isPlain, line.utf8.count <= 60, !line.contains("=?") { return line }
        var words: [[UInt8]] = [[]]
        for character in line {
            let bytes = Array(String(character).utf8)
            if words[words.count - 1].count + bytes.count > 39 { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }
            .joined(separator: "\r\n ")
    }

    /// `Sat, 21 Nov 2026 12:30:00 +0000`
    static func date(_ at: Instant) -> String {
        let (year, month, day) = at.civilDate
        let days = (at.secondsSince1970 - (at.secondsSince1970 % 86_400 + 86_400) % 86_400) / 86_400
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int((days % 7 + 7) % 7)]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let clock = at.description.drop { $0 != "T" }.dropFirst().prefix(8)
        return "\(weekday), \(day) \(months[month - 1]) \(year) \(clock) +0000"
    }
}
