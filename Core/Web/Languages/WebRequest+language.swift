import Kernel

extension WebRequest {
    private static let languageCookie = "guildhall_language"

    /// As the person chose, else as the browser asks, else English.
    var language: Language {
        site.languages.count > 1 ? spokenLanguage ?? .english : .english
    }

    /// What the person is written in from now on: as they chose, else as their browser or program
    /// asks; nil when neither says.
    public var spokenLanguage: Language? {
        cookie(Self.languageCookie).flatMap { Language(rawValue: $0) }
            ?? Language.wanted(headers[.acceptLanguage] ?? "", of: Language.allCases)
    }

    /// Has the browser keep the choice for a year.
    func remember(_ language: Language) {
        remember(Self.languageCookie, language.code, for: .seconds(365 * 86_400))
    }
}
