import Vocabulary

extension Marketplace {
    /// How many addresses one file of the sitemap holds. The protocol allows 50,000
    /// (https://www.sitemaps.org/protocol.html); anybody may ask for any file at any time, so one
    /// costs no more than a page does.
    public static let sitemapMax = 2000

    /// The things for sale that were made in a month, oldest first; at most `size`.
    /// - Parameters:
    ///   - first: where a further file of the month begins.
    ///   - size: how many things a file holds.
    public func listingsForSale(
        madeIn month: StatementMonth, from first: ID<Listing>? = nil,
        size: Int = Marketplace.sitemapMax
    ) async throws -> [ID<Listing>] {
        try await database.cards.ids(
            from: month.start, until: month.end, first: first, limit: size)
    }

    /// When listings were changed last, or published; nothing of those that are gone.
    /// - Parameter listings: no more than ``sitemapMax``.
    public func changes(of listings: [ID<Listing>]) async throws -> [ID<Listing>: Instant] {
        try await database.cards.changes(of: Array(listings.prefix(Self.sitemapMax)))
    }

    /// The files that lead to every open shop and to everything for sale, the oldest month first,
    /// as they were at most ten minutes ago.
    /// - Throws: ``WorkRefusal/busy(seconds:)`` when it takes too long to find out.
    public func sitemapFiles() async throws -> [SitemapFile] {
        try await knownSitemap.files {
            var files = [SitemapFile.makers(from: nil)]
            files += try await sitemapPartsOfMakers().map { .makers(from: $0) }
            for month in try await monthsOfListings() {
                files.append(.things(month, from: nil))
                files += try await sitemapParts(of: month).map { .things(month, from: $0) }
            }
            return files
        }
    }

    /// Where the second and further files of a month begin; none for a month of so few things
    /// that one holds them.
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

    /// The makers whose shops are open, oldest first; at most `size`.
    /// - Parameters:
    ///   - first: where a further file of them begins.
    ///   - size: how many makers a file holds.
    public func openShops(
        from first: ID<Seller>? = nil, size: Int = Marketplace.sitemapMax
    ) async throws -> [OpenShopPage] {
        try await database.sellers.openPages(from: first, limit: size)
    }

    /// When something of a category, or of one below it, was published, changed or taken off the
    /// market last; of nothing there is nothing. Its page changed then at the latest.
    public func categoryChanges() async throws -> [ID<Category>: Instant] {
        let own = try await database.categories.changes()
        var changes: [ID<Category>: Instant] = [:]
        for category in try await categories() {
            guard let at = own[category.id] else { continue }
            for id in category.path { changes[id] = max(changes[id] ?? at, at) }
        }
        return changes
    }

    /// When the newest thing that is for sale was published or changed last: the home page, where
    /// it stands first, changed then at the latest. Nil while nothing is for sale.
    public func newestChange() async throws -> Instant? {
        try await database.cards.newestChange()
    }

    /// Where the second and further files of makers begin; none while one holds all.
    /// - Parameter size: how many makers a file holds.
    public func sitemapPartsOfMakers(
        size: Int = Marketplace.sitemapMax
    ) async throws -> [ID<Seller>] {
        var parts: [ID<Seller>] = []
        while let next = try await database.sellers.openShop(after: size, from: parts.last) {
            parts.append(next)
        }
        return parts
    }

    /// The months in which something that is for sale may have been made, first to last; empty
    /// while nothing is for sale.
    private func monthsOfListings() async throws -> [StatementMonth] {
        guard let first = try await database.cards.oldest() else { return [] }
        let last = StatementMonth(of: .systemNow)
        return Array(sequence(first: StatementMonth(of: first)) { $0 < last ? $0.next : nil })
    }
}

/// A maker's page as the sitemap tells of it.
public struct OpenShopPage: Sendable, Equatable {
    public let slug: String
    /// When what it says of the maker, or one of their things, was changed last.
    public let changedAt: Instant
}
