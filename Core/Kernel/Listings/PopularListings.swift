import Synchronization
import Vocabulary

extension Marketplace {
    /// What customers bought most often lately, of what is for sale, the most frequent first. Kept
    /// for some minutes: who is in front changes slowly.
    public func popularListings() async throws -> [ListingCard] {
        let ids: [ID<Listing>]
        if let known = knownPopular.find() {
            ids = known
        } else {
            ids = try await database.cards.popular(
                among: PopularListings.linesMax, limit: PopularListings.shownMax)
            knownPopular.keep(ids)
        }
        return try await cards(of: ids)
    }
}

/// What was found to be bought most often.
final class PopularListings: Sendable {
    /// So many of the newest lines of orders are looked at.
    static let linesMax = 2000
    static let shownMax = 8
    private static let lifetime = Duration.seconds(300)

    private let known = Mutex<(ids: [ID<Listing>], until: ContinuousClock.Instant)?>(nil)

    func find() -> [ID<Listing>]? {
        known.withLock { $0 }.flatMap { $0.until > .now ? $0.ids : nil }
    }

    func keep(_ ids: [ID<Listing>]) {
        known.withLock { $0 = (ids, .now + Self.lifetime) }
    }
}
