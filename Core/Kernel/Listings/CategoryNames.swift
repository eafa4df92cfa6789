import Vocabulary

/// What a category is called in other languages than English; nil where it has its English name.
public struct CategoryNames: Hashable, Sendable, Codable {
    public var de: String?
    public var fr: String?

    public init(de: String? = nil, fr: String? = nil) {
        self.de = de
        self.fr = fr
    }

    /// As they are kept: trimmed, and none for what is blank.
    /// - Throws: ``InputRefusal`` for a name that is too long.
    func checked() throws -> CategoryNames {
        CategoryNames(
            de: try InputText.optionalLine(de, field: "nameDe", lengthMax: 80),
            fr: try InputText.optionalLine(fr, field: "nameFr", lengthMax: 80))
    }
}

extension Category {
    /// What it is called in `language`, else in English.
    public func name(in language: Language) -> String {
        switch language {
        case .english: name
        case .german: names.de ?? name
        case .french: names.fr ?? name
        }
    }

    /// What it is called in the language of the page that is being made.
    public var localizedName: String { name(in: Words.current.language) }
}
