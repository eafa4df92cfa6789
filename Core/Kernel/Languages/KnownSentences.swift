/// Sentences of ours that come finished and in English out of the books, found again by what is
/// fixed in them and said in the language of the page. Others stay as they are.
package struct KnownSentences: Sendable {
    private let whole: Set<String>
    private let patterns: [SentencePattern]

    /// - Parameter keys: with numbered places, `order {1} owes {2}`, as the catalogues have them; a
    ///   place called `typed` or `again` holds what a person wrote, `money`, `more` and `missing`
    ///   an amount. A key without words needs no catalogue.
    package init(_ keys: [String]) {
        whole = Set(keys)
        patterns = keys.compactMap { SentencePattern($0) }.sorted { $0.weight > $1.weight }
    }

    /// A value that is a word of ours, such as a state, is said as well.
    package func said(_ english: String) -> String {
        let words = Words.current
        guard words.language != .english else { return english }
        if whole.contains(english) { return words.name(english) }
        for pattern in patterns {
            guard let values = pattern.values(in: english) else { continue }
            let text: String
            if case .text(let own) = words.entries[pattern.key] {
                text = own
            } else {
                guard !pattern.hasWords else { continue }
                text = pattern.key
            }
            return Places.fill(text) { place in
                values[place].map { value in
                    switch place {
                    case "typed", "again": value
                    case "money", "more", "missing": CommissionWords.money(value[...])
                    default: words.name(value)
                    }
                }
            }
        }
        return english
    }
}
