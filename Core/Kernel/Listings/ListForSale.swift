import Vocabulary

extension Marketplace {
    /// What search engines are told of in one file: as many as the sitemap protocol allows
    /// (https://www.sitemaps.org/protocol.html).
    public static let sitemapMax = 50_000

    /// The things for sale that were made in a month, oldest first; at most ``sitemapMax``.
    public func listingsForSale(madeIn month: StatementMonth) async throws -> [ID<Listing>] {
        try await database.cards.ids(from: month.start, until: month.end, limit: Self.sitemapMax)
    }

    /// The months in which something that is for sale may have been made, first to last; empty
    /// while nothing is for sale.
    public func monthsOfListings() async throws -> [StatementMonth] {
        guard let first = try await database.cards.oldest() else { return [] }
        let last = StatementMonth(of: .systemNow)
        return Array(sequence(first: StatementMonth(of: first)) { $0 < last ? $0.next : nil })
    }
}
