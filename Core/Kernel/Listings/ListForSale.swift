import Vocabulary

extension Marketplace {
    /// What search engines are told of in one file: as many as the sitemap protocol allows
    /// (https://www.sitemaps.org/protocol.html).
    public static let sitemapMax = 50_000

    /// The things for sale that were made in a month, oldest first; at most ``sitemapMax``.
    /// - Parameter first: where a further file of the month begins.
    public func listingsForSale(
        madeIn month: StatementMonth, from first: ID<Listing>? = nil
    ) async throws -> [ID<Listing>] {
        try await database.cards.ids(
            from: month.start, until: month.end, first: first, limit: Self.sitemapMax)
    }

    /// The files that lead to everything for sale, the oldest month first, as they were at most
    /// ten minutes ago; empty while nothing is for sale.
    /// - Throws: ``WorkRefusal/busy(seconds:)`` when it takes too long to find out.
    public func sitemapFiles() async throws -> [SitemapFile] {
        try await knownSitemap.files {
            var files: [SitemapFile] = []
            for month in try await monthsOfListings() {
                let parts = try await sitemapParts(of: month)
                files += ([nil] + parts).map { SitemapFile(month: month, first: $0) }
            }
            return files
        }
    }

    /// Where the second and further files of a month begin; none for a month of ``sitemapMax``
    /// things or fewer.
    /// - Parameter size: how many things a file holds.
    public func sitemapParts(
        of month: StatementMonth, size: Int = Marketplace.sitemapMax
    ) async throws -> [ID<Listing>] {
        var parts: [ID<Listing>] = []
        while let next = try await database.cards.ids(
            from: month.start, until: month.end, first: parts.last, skipping: size, limit: 1
        ).first { parts.append(next) }
        return parts
    }

    /// The addresses of the makers whose shops are open, oldest first; at most ``sitemapMax``.
    public func openShops() async throws -> [String] {
        try await database.sellers.openSlugs(limit: Self.sitemapMax)
    }

    /// The months in which something that is for sale may have been made, first to last; empty
    /// while nothing is for sale.
    private func monthsOfListings() async throws -> [StatementMonth] {
        guard let first = try await database.cards.oldest() else { return [] }
        let last = StatementMonth(of: .systemNow)
        return Array(sequence(first: StatementMonth(of: first)) { $0 < last ? $0.next : nil })
    }
}
