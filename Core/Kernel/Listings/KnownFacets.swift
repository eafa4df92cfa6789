import Synchronization
import Vocabulary

/// Counts that a process keeps for some seconds.
///
/// Counting is the dearest part of a page of things, and everybody who looks at a category asks for
/// the same counts. They are about how much there is, not about what may be bought: some seconds
/// late they are as good.
final class KnownFacets: Sendable {
    struct Key: Hashable, Sendable {
        let query: CardQuery
        let country: String?

        init(_ query: CardQuery, sentTo country: String?) {
            var query = query
            // The same things in any order; but so many may fit that only some are counted, and
            // which those are the order says.
            if query.sort == .relevance { query.sort = .newest }
            self.query = query
            self.country = country
        }
    }

    private struct Known: Sendable {
        let facets: Facets
        var until: ContinuousClock.Instant
    }

    private static let countMax = 500

    private let known = Mutex<[Key: Known]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// What is known, else what `count` returns. When its time is over, the first who asks counts
    /// anew, and the others get the old counts until that is done, for one more lifetime.
    /// - Parameters:
    ///   - lifetime: how old an answer may be; with zero everybody counts.
    ///   - count: asks PostgreSQL; it has a deadline of its own.
    func value(
        _ key: Key, for lifetime: Duration, _ count: () async throws -> Facets
    ) async throws -> Facets {
        guard lifetime > .zero else { return try await count() }
        if let facets = find(key, lifetime) { return facets }
        let facets = try await count()
        keep(facets, for: key, lifetime)
        return facets
    }

    /// Nil for whoever shall count.
    private func find(_ key: Key, _ lifetime: Duration) -> Facets? {
        let now = now()
        return known.withLock { known in
            guard let one = known[key] else { return nil }
            if one.until <= now {
                guard now < one.until + lifetime else { return nil }
                // For a moment it is as if it were new. Should the counting fail, that moment ends.
                known[key]?.until = now + min(lifetime, Self.recountMax)
                return nil
            }
            return one.facets
        }
    }

    private func keep(_ facets: Facets, for key: Key, _ lifetime: Duration) {
        let now = now()
        known.withLock { known in
            if known.count >= Self.countMax {
                known = known.filter { $0.value.until > now }
                if known.count >= Self.countMax { known.removeAll() }
            }
            known[key] = Known(facets: facets, until: now + lifetime)
        }
    }

    /// How long the others wait for whoever counts anew, before another does.
    private static let recountMax = Duration.seconds(1)
}
