import Synchronization
import Vocabulary

/// Counts that a process keeps for some seconds.
///
/// Counting is the dearest part of a page of things, and everybody who looks at a category asks for
/// the same counts. They are about how much there is, not about what may be bought: some seconds
/// late they are as good. So of all questions that are over their time one at a time is counted
/// anew, by whoever asks then, and everybody else gets old counts. Else many that were first asked
/// together would be counted together for ever, and hold up every page for that moment.
final class KnownFacets: Sendable {
    struct Key: Hashable, Sendable {
        let query: CardQuery
        let country: String?

        init(_ query: CardQuery, sentTo country: String?) {
            var query = query
            // The same things in any order.
            query.sort = .newest
            self.query = query
            self.country = country
        }
    }

    private struct Known: Sendable {
        let facets: Facets
        let until: ContinuousClock.Instant
    }

    private struct State {
        /// Two generations: when the young one is full, it becomes the old one, and what nobody
        /// asked for since then is gone.
        var young: [Key: Known] = [:]
        var old: [Key: Known] = [:]
        /// Whether something that is known is being counted anew.
        var isRecounting = false
    }

    private enum Turn {
        case read(Facets)
        /// Nothing is known that could be shown.
        case count
        case recount
    }

    /// Questions in each generation. One's counts take some kilobytes.
    static let generationMax = 1000

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// What is known, else what `count` returns. What is over its time is given for one more
    /// lifetime while it, or something else, is counted anew.
    /// - Parameters:
    ///   - lifetime: how old an answer may be; with zero everybody counts.
    ///   - count: asks PostgreSQL; it has a deadline of its own.
    func value(
        _ key: Key, for lifetime: Duration, _ count: () async throws -> Facets
    ) async throws -> Facets {
        guard lifetime > .zero else { return try await count() }
        switch turn(key, lifetime) {
        case .read(let facets): return facets
        case .count:
            let facets = try await count()
            keep(facets, for: key, lifetime)
            return facets
        case .recount:
            // Also when it fails.
            defer { state.withLock { $0.isRecounting = false } }
            let facets = try await count()
            keep(facets, for: key, lifetime)
            return facets
        }
    }

    private func turn(_ key: Key, _ lifetime: Duration) -> Turn {
        let now = now()
        return state.withLock { state in
            guard let known = state.young[key] ?? state.old[key], now < known.until + lifetime
            else { return .count }
            if known.until <= now, !state.isRecounting {
                state.isRecounting = true
                return .recount
            }
            Self.put(known, key, in: &state)
            return .read(known.facets)
        }
    }

    private func keep(_ facets: Facets, for key: Key, _ lifetime: Duration) {
        let known = Known(facets: facets, until: now() + lifetime)
        state.withLock { Self.put(known, key, in: &$0) }
    }

    private static func put(_ known: Known, _ key: Key, in state: inout State) {
        if state.young[key] == nil, state.young.count >= generationMax {
            state.old = state.young
            state.young = [:]
        }
        state.young[key] = known
    }
}
