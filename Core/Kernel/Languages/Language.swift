import Postgres

/// A language that pages and letters are written in.
public enum Language: String, Codable, CaseIterable, Sendable, SQLText {
    case english = "en"
    case german = "de"
    case french = "fr"

    /// BCP 47, as `<html lang>` and `Content-Language` have it.
    public var code: String { rawValue }

    /// What it calls itself.
    public var name: String {
        switch self {
        case .english: "English"
        case .german: "Deutsch"
        case .french: "Français"
        }
    }

    /// Which plural form stands with a number (Unicode CLDR, cardinal rules, whole numbers).
    func isSingular(_ number: Int) -> Bool {
        switch self {
        case .english, .german: number == 1
        case .french: number == 0 || number == 1
        }
    }

    /// The one of `offered` that a browser asks for (RFC 9110, section 12.5.4); nil for none.
    public static func wanted(_ header: String, of offered: [Language]) -> Language? {
        var best: (language: Language, weight: Double)?
        for range in header.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = parts.first?.lowercased(),
                let primary = tag.split(separator: "-").first,
                let language = Language(rawValue: String(primary)), offered.contains(language)
            else { continue }
            let weight =
                parts.dropFirst().first { $0.hasPrefix("q=") }
                .map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language
    }
}
