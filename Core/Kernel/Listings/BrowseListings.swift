import Vocabulary

extension Marketplace {
    /// A page of the things that fit `query`: a category, a shop, a search, or all. Only what is
    /// for sale is in it.
    ///
    /// For the best match a search looks closely at no more than a thousand things that fit, so
    /// that a word that is everywhere costs no more than a rare one. Every other order is exact.
    /// - Throws: ``InputRefusal`` for a text that is too long or a cursor that no page gave out.
    public func cards(
        _ query: CardQuery, _ page: PageRequest = PageRequest()
    ) async throws -> Page<ListingCard> {
        let rows = try await database.cards.list(
            try await understood(query), after: try CardCursor(page.after), limit: page.limit + 1)
        let shown = rows.prefix(page.limit)
        return Page(
            items: shown.map(\.card), next: rows.count > page.limit ? shown.last?.cursor : nil)
    }

    /// The same with its text tidied, and the category that it names.
    /// - Throws: ``InputRefusal`` for a text that is too long.
    func understood(_ query: CardQuery) async throws -> CardQuery {
        var query = query
        query.text = try InputText.optionalLine(
            query.text, field: "q", lengthMax: CardQuery.textLengthMax)
        try AttributeWish.check(query.attributes)
        if let text = query.text, query.language != .english {
            query.meant = Category.meant(
                by: text, in: query.language, of: try await categories())
        }
        return query
    }
}
