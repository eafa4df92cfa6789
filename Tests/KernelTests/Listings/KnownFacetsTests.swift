import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Counts that are kept for some seconds` {
    @Test func `counts stand for their lifetime, each question's own`() async throws {
        try await TestMarketplace.run(settings: { $0.facetLifetime = .seconds(60) }) { market in
            let seller = try await market.given.verifiedSeller("Clay")
            _ = try await market.given.listing("Bowl", by: seller)
            var cups = CardQuery()
            cups.text = "cup"
            #expect(try await market.marketplace.facets(CardQuery()).inStock == 1)

            _ = try await market.given.listing("Cup", by: seller)

            #expect(try await market.marketplace.facets(CardQuery()).inStock == 1)
            #expect(try await market.marketplace.facets(cups).inStock == 1)
            #expect(try await market.marketplace.facets(CardQuery(), sentTo: "AT").inStock == 2)
        }
    }

    @Test func `what is over its time is counted anew`() async throws {
        try await TestMarketplace.run(settings: { $0.facetLifetime = .milliseconds(1) }) { market in
            let seller = try await market.given.verifiedSeller("Clay")
            _ = try await market.given.listing("Bowl", by: seller)
            #expect(try await market.marketplace.facets(CardQuery()).inStock == 1)

            _ = try await market.given.listing("Cup", by: seller)

            #expect(try await market.marketplace.facets(CardQuery()).inStock == 2)
        }
    }

    @Test func `when its time is over one counts anew, and the others read the old counts`()
        async throws
    {
        let time = Mutable(ContinuousClock.now)
        let counted = Mutable(0)
        let known = KnownFacets { time.value.withLock { $0 } }
        let key = KnownFacets.Key(CardQuery(), sentTo: "DE")
        func count() -> Int {
            counted.value.withLock {
                $0 += 1; return $0
            }
        }
        func ask() async throws -> Int {
            try await known.value(key, for: .seconds(10)) { Self.some(count()) }.inStock
        }
        #expect(try await ask() == 1)
        time.value.withLock { $0 += .seconds(11) }

        let inStock = try await known.value(key, for: .seconds(10)) {
            // While this is counted.
            let others = try await ask()
            #expect(others == 1)
            return Self.some(count())
        }.inStock

        #expect(inStock == 2)
        #expect(try await ask() == 2)
        time.value.withLock { $0 += .seconds(21) }
        #expect(try await ask() == 3)
    }

    @Test func `what nobody asked for in a long time is told nobody as it was`() async throws {
        let time = Mutable(ContinuousClock.now)
        let known = KnownFacets { time.value.withLock { $0 } }
        let key = KnownFacets.Key(CardQuery(), sentTo: "DE")
        func ask(_ count: Int) async throws -> Int {
            try await known.value(key, for: .seconds(10)) { Self.some(count) }.inStock
        }
        #expect(try await ask(1) == 1)
        time.value.withLock { $0 += .seconds(20) }

        let inStock = try await known.value(key, for: .seconds(10)) {
            let other = try await ask(2)
            #expect(other == 2)
            return Self.some(3)
        }.inStock

        #expect(inStock == 3)
    }

    @Test func `a counting that failed is not kept`() async throws {
        let known = KnownFacets()
        let key = KnownFacets.Key(CardQuery(), sentTo: nil)
        await #expect(throws: CancellationError.self) {
            try await known.value(key, for: .seconds(60)) { throw CancellationError() }
        }
        #expect(try await known.value(key, for: .seconds(60)) { Self.some(7) }.inStock == 7)
    }

    private final class Mutable<Value: Sendable>: Sendable {
        let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }
    }

    private static func some(_ inStock: Int) -> Facets {
        Facets(
            categories: [], makers: [], kinds: [], tags: [], bands: [], stars: [],
            inStock: inStock, sent: nil, isWhole: true)
    }
}
