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

    @Test func `of what is over its time one at a time is counted anew, the rest is read`()
        async throws
    {
        let (time, counted) = (Mutable(ContinuousClock.now), Mutable(0))
        let known = KnownFacets { time.value.withLock { $0 } }
        func ask(_ text: String) async throws -> Int {
            try await known.value(Self.key(text), for: .seconds(10)) {
                Self.some(counted.next())
            }.inStock
        }
        #expect(try await ask("cup") == 1)
        #expect(try await ask("mug") == 2)
        time.value.withLock { $0 += .seconds(11) }

        let inStock = try await known.value(Self.key("cup"), for: .seconds(10)) {
            // While this is counted.
            let cup = try await ask("cup")
            let mug = try await ask("mug")
            #expect(cup == 1 && mug == 2)
            return Self.some(counted.next())
        }.inStock

        #expect(inStock == 3)
        #expect(try await ask("cup") == 3)
        #expect(try await ask("mug") == 4)
        time.value.withLock { $0 += .seconds(11) }
        _ = try await known.value(Self.key("cup"), for: .seconds(10)) {
            // Too old to be shown: this is not put off.
            time.value.withLock { $0 += .seconds(10) }
            let other = try await ask("mug")
            #expect(other == 5)
            return Self.some(counted.next())
        }
        #expect(try await ask("cup") == 6)
    }

    @Test func `a thousand questions are kept, and of more those that are asked`() async throws {
        let known = KnownFacets()
        let counted = Mutable(0)
        func ask(_ number: Int) async throws {
            _ = try await known.value(Self.key("cup \(number)"), for: .seconds(600)) {
                Self.some(counted.next())
            }
        }
        for _ in 0..<2 { for number in 0..<KnownFacets.generationMax { try await ask(number) } }
        #expect(counted.value.withLock { $0 } == KnownFacets.generationMax)

        for number in 0..<3 * KnownFacets.generationMax {
            try await ask(number)
            try await ask(0)
        }
        let all = counted.value.withLock { $0 }
        #expect(all == 3 * KnownFacets.generationMax)
        try await ask(1)
        #expect(counted.value.withLock { $0 } == all + 1)
    }

    @Test func `what could not be counted anew is tried again`() async throws {
        let time = Mutable(ContinuousClock.now)
        let known = KnownFacets { time.value.withLock { $0 } }
        let key = Self.key("cup")
        _ = try await known.value(key, for: .seconds(10)) { Self.some(1) }
        time.value.withLock { $0 += .seconds(11) }
        await #expect(throws: CancellationError.self) {
            try await known.value(key, for: .seconds(10)) { throw CancellationError() }
        }

        #expect(try await known.value(key, for: .seconds(10)) { Self.some(2) }.inStock == 2)
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

    private static func key(_ text: String) -> KnownFacets.Key {
        var query = CardQuery()
        query.text = text
        return KnownFacets.Key(query, sentTo: "DE")
    }

    private final class Mutable<Value: Sendable>: Sendable {
        let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }

        func next() -> Int where Value == Int {
            value.withLock {
                $0 += 1
                return $0
            }
        }
    }

    private static func some(_ inStock: Int) -> Facets {
        Facets(
            categories: [], makers: [], kinds: [], tags: [], bands: [], currencies: [],
            stars: [], inStock: inStock, sent: nil, isWhole: true)
    }
}
