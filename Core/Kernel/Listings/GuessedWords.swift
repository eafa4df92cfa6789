import Vocabulary

extension Marketplace {
    /// Whether a search forgave typing errors to find this page of things: none of them has the
    /// words as they were typed. What is found because the text names its category is no guess.
    /// - Parameter found: the things of the page.
    /// - Throws: ``InputRefusal`` for a text that is too long.
    public func isGuess(_ query: CardQuery, _ found: [ListingCard]) async throws -> Bool {
        let asked = try await understood(query)
        guard let text = asked.text, asked.meant == nil, !found.isEmpty else { return false }
        return try await database.cards.areGuessed(text, found.map(\.id))
    }
}
