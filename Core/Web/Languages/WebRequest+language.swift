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

    /// A part of a page, or paper, in a language that need not be the page's own.
    /// - Parameter model: what `template` shows, made in that language.
    /// - Throws: ``MissingTemplate``, a fault.
    public func html(
        _ template: String, in language: Language, _ model: () throws -> any Sendable
    ) throws -> String {
        try Words.$current.withValue(site.words(language)) {
            try site.templates.render(try model(), template)
        }
    }

    /// In which language a person is handed paper who asks for it with this request: as the
    /// request says, else as they once chose.
    func paperLanguage(of person: Account?) async throws -> Language {
        guard site.languages.count > 1 else { return .english }
        if let spokenLanguage { return spokenLanguage }
        guard let person else { return .english }
        return try await marketplace.language(of: person.id) ?? .english
    }

    /// Has the browser keep the choice for a year.
    func remember(_ language: Language) {
        remember(Self.languageCookie, language.code, for: .seconds(365 * 86_400))
    }
}
