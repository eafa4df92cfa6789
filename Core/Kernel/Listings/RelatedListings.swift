import Vocabulary

extension Marketplace {
    /// These things, as far as they are for sale, in the order of their ids' list.
    public func cards(of ids: [ID<Listing>]) async throws -> [ListingCard] {
        guard !ids.isEmpty else { return [] }
        let found = try await database.cards.list(Array(ids.prefix(PageRequest.limitMax)))
        return ids.compactMap { id in found.first { $0.id == id } }
    }

    /// What was paid together with a thing and can still be had, the most frequent first: of the
    /// last ``boughtWithMax`` times that it was bought.
    public func boughtTogether(
        with listing: ID<Listing>, limit: Int = 4
    ) async throws -> [ListingCard] {
        try await cards(
            of: try await database.cards.boughtTogether(
                with: listing, among: Self.boughtWithMax, limit: limit))
    }

    static let boughtWithMax = 200
}
