import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Ratings of a maker by their stars` {
    /// A market in which one maker has 5000 ratings and forty others have a hundred each.
    private func rated(
        _ body: (TestMarketplace, ID<Seller>) async throws -> Void
    ) async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let maker = try await market.given.verifiedSeller()
            // Nobody buys nine thousand things for a test.
            try await market.storage.owner.execute(
                "alter table seller_rating drop constraint seller_rating_order_id_fkey")
            try await market.storage.owner.execute(
                """
                insert into seller (id, slug, name, country, origin, legal_name, state)
                select gen_random_uuid(), 'one-of-many-' || n, name, country, origin, legal_name,
                    state
                from seller, generate_series(1, 40) n where id = \(maker.id)
                """)
            try await market.storage.owner.execute(
                """
                insert into seller_rating (id, order_id, seller_id, author, stars)
                select gen_random_uuid(), gen_random_uuid(), s.id, 'Grace', 1 + n % 5
                from seller s cross join lateral generate_series(
                    1, case when s.id = \(maker.id) then 5000 else 100 end) n
                """)
            try await market.storage.owner.execute("analyze seller_rating")
            try await body(market, maker.id)
        }
    }

    /// How PostgreSQL reads a page, and how many rows it looks at.
    private func plan(_ statement: SQL, _ market: TestMarketplace) async throws -> [String] {
        try await market.storage.owner.query(
            "explain (analyze, costs off, timing off, summary off) \(statement)"
        ).decode { c in try c.next(String.self) }
    }

    @Test func `are read from an index, on the first page and on a later one`() async throws {
        try await rated { market, maker in
            for (bestFirst, index) in [
                (true, "seller_rating_best"), (false, "seller_rating_worst"),
            ] {
                let order: RatingOrder = bestFirst ? .highest : .lowest
                let first = try await market.marketplace.ratings(
                    of: maker, by: order, PageRequest(limit: 25))
                for after in [nil, first.next] {
                    let plan = try await plan(
                        try RatingStore.byStars(
                            of: maker, bestFirst: bestFirst, PageRequest(after: after, limit: 25)),
                        market)
                    #expect(plan.contains { $0.contains("using \(index)") }, "\(plan)")
                    #expect(!plan.contains { $0.contains("Sort") }, "\(plan)")
                    #expect(!plan.contains { $0.contains("Rows Removed by Filter") }, "\(plan)")
                }
            }
        }
    }

    @Test func `come all and once, page by page`() async throws {
        try await rated { market, maker in
            for order in RatingOrder.allCases {
                var (seen, next): ([SellerRating], String?) = ([], nil)
                for _ in 0..<60 {
                    let page = try await market.marketplace.ratings(
                        of: maker, by: order, PageRequest(after: next, limit: 100))
                    seen += page.items
                    next = page.next
                    if next == nil { break }
                }
                #expect(seen.count == 5000)
                #expect(Set(seen.map(\.id)).count == 5000)
                let stars = seen.map(\.stars)
                switch order {
                case .newest: #expect(seen.map(\.id) == seen.map(\.id).sorted().reversed())
                case .highest: #expect(stars == stars.sorted(by: >))
                case .lowest: #expect(stars == stars.sorted())
                }
            }
        }
    }

    @Test func `go on only in the order that gave the page out`() async throws {
        try await TestMarketplace.run { market in
            let maker = try await market.given.verifiedSeller()
            for after in ["nonsense", "5", "\(ID<SellerRating>())", "six:\(ID<SellerRating>())"] {
                await #expect(throws: InputRefusal.self, "\(after)") {
                    _ = try await market.marketplace.ratings(
                        of: maker.id, by: .highest, PageRequest(after: after, limit: 5))
                }
            }
        }
    }
}
