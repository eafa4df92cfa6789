import Vocabulary

/// What somebody may mean who has begun to type.
public enum Suggestion: Hashable, Sendable {
    case thing(ID<Listing>, title: String)
    case category(slug: String, name: String)
    case maker(slug: String, name: String)

    /// Fewer letters fit everything.
    public static let lettersMin = 2
    public static let thingsMax = 6
    public static let categoriesMax = 2
    public static let makersMax = 2
    /// So many things that fit are looked at: enough to find good ones, and the same for a word
    /// that is everywhere as for a rare one.
    static let candidatesMax = 200
}

extension Marketplace {
    /// What is for sale, and where it is found, for what has been typed so far: categories first,
    /// then makers, then things, ten at most. Nothing for less than two letters, and for a text
    /// that means nothing. Categories are found by their names in English and in `language`.
    /// - Throws: ``InputRefusal`` for a text that is too long.
    public func suggestions(
        for text: String, in language: Language = .english
    ) async throws -> [Suggestion] {
        let typed = try InputText.line(
            text, field: "text", lengths: 0...CardQuery.textLengthMax)
        guard typed.count >= Suggestion.lettersMin else { return [] }
        async let makers = database.suggestions.makers(typed, limit: Suggestion.makersMax)
        async let things = database.suggestions.things(typed, limit: Suggestion.thingsMax)
        let begun = typed.lowercased()
        let branches = try await categories().filter { category in
            Set([category.name, category.name(in: language)]).contains { name in
                name.lowercased().split(whereSeparator: { !$0.isLetter })
                    .contains { $0.hasPrefix(begun) } || name.lowercased().hasPrefix(begun)
            }
        }.prefix(Suggestion.categoriesMax)
        return branches.map { .category(slug: $0.slug, name: $0.name(in: language)) }
            + (try await makers) + (try await things)
    }
}
