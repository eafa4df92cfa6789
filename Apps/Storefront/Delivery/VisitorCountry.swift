import Kernel
import Vocabulary
import Web

/// Where somebody has things sent: as they chose, else as their browser's language says.
struct VisitorCountry {
    private static let cookie = "guildhall_country"

    /// ISO 3166-1 alpha-2, one of ``Countries``; nil when nothing is known.
    let code: String?

    init(_ request: WebRequest) {
        code =
            Self.known(request.cookie(Self.cookie) ?? "")
            ?? Self.region(in: request.headers[.acceptLanguage] ?? "")
    }

    static func known(_ code: String) -> String? {
        Countries.all.contains { $0.code == code } ? code : nil
    }

    /// Has the browser keep it for a year.
    static func remember(_ code: String, on request: WebRequest) {
        request.remember(cookie, code, for: .seconds(365 * 86_400))
    }

    /// `AT` of `de-AT,de;q=0.9`: the region of the language that is wanted most (RFC 9110, 12.5.4).
    static func region(in languages: String) -> String? {
        let first = languages.prefix { $0 != "," && $0 != ";" }
        let parts = first.split(separator: "-")
        guard parts.count > 1, let last = parts.last, last.utf8.count == 2 else { return nil }
        return known(last.uppercased())
    }
}
