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
}
