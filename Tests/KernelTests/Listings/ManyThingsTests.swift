import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Kernel
@testable import Postgres

/// Rules that only a market with very many things can break.
@Suite struct `Finding among very many things` {
    private static let things = 25_000

    /// All of them handmade and common, five of them rare; of ten things one is a mug of enamel, in
    /// a branch three deep.
    private func fill(_ market: TestMarketplace) async throws -> [Kernel.Category] {
        let kernel = market.marketplace
        let seller = try await market.given.verifiedSeller()
        let home = try await kernel.createCategory(named: "Home", by: nil)
        let kitchen = try await kernel.createCategory(named: "Kitchen", under: home.id, by: nil)
        let mugs = try await kernel.createCategory(named: "Mugs", under: kitchen.id, by: nil)
        let toys = try await kernel.createCategory(named: "Toys", by: nil)
        // Without triggers, which would take longer than all the rest.
        try await market.storage.tamper([
            """
            insert into listing (id, seller_id, handle, title, state, for_sale, currency,
                price_from, in_stock, rating_sum, rating_count, category_id, category_path,
                document, tags)
            select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
                \(seller.id)::uuid, 'thing-' || n, 'Thing ' || n, 'published', true, 'EUR',
                n, true, n % 7, (n % 7 > 0)::int,
                case when n % 10 = 0 then \(mugs.id)::uuid else \(toys.id)::uuid end,
                case when n % 10 = 0 then \(mugs.path)::uuid[] else \(toys.path)::uuid[] end,
                case when n % 10 = 0 then 'handmad:1 enamel:2'::tsvector
                    else 'handmad:1'::tsvector end,
                case when n % 5000 = 0 then '{common,rare}'::text[] else '{common}'::text[] end
            from generate_series(1, \(Self.things)::int) n
            """,
            "analyze listing",
        ])
        return [home, kitchen, mugs]
    }

    /// How PostgreSQL looks at what fits, and what it met when it did.
    private func plan(
        _ query: CardQuery, limit: Int, _ market: TestMarketplace
    ) async throws -> PlanNode {
        let asked = try await market.marketplace.understood(query)
        return try await plan(
            "with \(CardStore.looked(at: asked, limit: limit)) select * from looked", market)
    }

    private func plan(_ statement: SQL, _ market: TestMarketplace) async throws -> PlanNode {
        let texts = try await market.database
            .query("explain (analyze, format json) \(statement)")
            .decode { c in try c.next(String.self) }
        let plans = try JSONDecoder().decode([Explained].self, from: Data(texts.joined().utf8))
        return try #require(plans.first).plan
    }

    @Test func `what is everywhere is looked for among the newest, the rest by its words`()
        async throws
    {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let (branches, kernel) = (try await fill(market), market.marketplace)
            var query = CardQuery()
            query.sort = .relevance
            for (text, visitedMax) in [("handmade", 1001), ("handmade enamel", 2500 + 1001)] {
                query.text = text
                let plan = try await plan(query, limit: 1001, market)
                #expect(plan.visited <= visitedMax, "\(text)")

                let facets = try await kernel.facets(query)
                #expect(!facets.isWhole)
                #expect(facets.inStock == 1000)
                let cards = try await kernel.cards(query, PageRequest(limit: 20)).items
                #expect(Set(cards.map(\.id)).count == 20)
            }
            // A common word takes nothing away from what fits the rest of a question.
            query.text = "handmade"
            query.priceMin = 901
            query.priceMax = 1000
            let all = try await kernel.cards(query, PageRequest(limit: 100))
            #expect(all.items.count == 100 && all.next == nil)
            query.category = branches.last
            let mugs = try await kernel.cards(query, PageRequest(limit: 100)).items
            #expect(Set(mugs.map(\.title)) == Set((91...100).map { "Thing \($0 * 10)" }))
            #expect(try await kernel.facets(query).inStock == 10)
            query.text = "enamel"
            query.category = nil
            #expect(try await kernel.facets(query).inStock == 10)
        }
    }

    @Test func `lists that are narrowed to a value are planned for it each time`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            _ = try await fill(market)
            // All on one connection. It would keep a plan for all values after five times.
            try await market.database.transaction { tx in
                try await tx.execute("set local plan_cache_mode = auto")
                for tag in ["common", "rare"] {
                    var query = CardQuery()
                    query.tag = tag
                    for _ in 0..<8 {
                        #expect(
                            try await tx.cards.list(query, after: nil, limit: 20).count
                                == (tag == "rare" ? 5 : 20))
                        let inStock = try await tx.facets.count(query, sentTo: nil).facets.inStock
                        #expect(inStock == (tag == "rare" ? 5 : 1000))
                    }
                }
                let plans = try await tx.query(
                    """
                    select generic_plans::int, custom_plans::int from pg_prepared_statements
                    where statement like \("%planned_anew%")
                    """
                ).decode { c in (kept: try c.next(Int.self), made: try c.next(Int.self)) }
                #expect(plans.map(\.kept) == [0, 0])
                #expect(plans.allSatisfy { $0.made == 16 })
            }
        }
    }

    @Test func `an order by price is read where a page begins, in every currency and branch`()
        async throws
    {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let branches = try await fill(market)
            // In one currency, as most markets are.
            try await walk([nil] + branches, [(.asked, "EUR")], market)
            try await market.storage.tamper([
                """
                update listing set currency = case n % 3 when 0 then 'BRL' else 'USD' end
                from (select id, price_from / 10 as n from listing) numbered
                where numbered.id = listing.id and n % 3 < 2
                """, "analyze listing",
            ])
            try await walk(
                [nil] + branches, [(.asked, "EUR"), (.before, "BRL"), (.behind, "USD")], market)
        }
    }

    /// Looks at pages of both orders by price: the first, and one in the middle.
    private func walk(
        _ branches: [Kernel.Category?], _ stretches: [(PriceStretch, String)],
        _ market: TestMarketplace
    ) async throws {
        let id = "00000000-0000-7000-8000-000000000000"
        for branch in branches {
            for (stretch, currency) in stretches {
                for sort in [CardQuery.Sort.priceUp, .priceDown] {
                    for after in [nil, "\(currency):12500:\(id)"] {
                        var query = CardQuery()
                        (query.category, query.sort, query.stretch) = (branch, sort, stretch)
                        let chosen = CardStore.browsed(query, try CardCursor(after), 20)
                        let plan = try await plan("with \(chosen) select * from chosen", market)
                        #expect(
                            plan.visited <= 25,
                            "\(branch?.name ?? "") \(stretch) \(sort) \(after ?? "")")
                    }
                }
            }
        }
    }

    @Test func `the planner knows how much a branch holds, and counts tell of all prices`()
        async throws
    {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let (branches, kernel) = (try await fill(market), market.marketplace)
            for branch in branches {
                var query = CardQuery()
                query.category = branch
                let plan = try await plan(query, limit: Self.things, market)
                #expect((1500...3500).contains(plan.rows), "\(branch.name)")
            }
            // More fit than are counted: the thousand cheapest are all in one band.
            var query = CardQuery()
            query.category = branches.first
            let newest = try await kernel.facets(query)
            #expect(!newest.isWhole && newest.bands.map(\.count) == [1000])
            for sort in CardQuery.Sort.allCases {
                query.sort = sort
                #expect(try await kernel.facets(query) == newest, "\(sort)")
            }
        }
    }
}

private struct Explained: Decodable {
    let plan: PlanNode

    enum CodingKeys: String, CodingKey { case plan = "Plan" }
}

private struct PlanNode: Decodable {
    /// As the planner guesses.
    let rows: Int
    private let actual: Int?
    private let loops: Int?
    private let removed: Int?
    private let table: String?
    private let index: String?
    private let parts: [PlanNode]?

    /// How many rows of tables and entries of indexes were looked at.
    var visited: Int {
        let own = table == "listing" || index != nil ? (actual ?? 0) + (removed ?? 0) : 0
        return own * (loops ?? 1) + (parts ?? []).reduce(0) { $0 + $1.visited }
    }

    enum CodingKeys: String, CodingKey {
        case rows = "Plan Rows"
        case actual = "Actual Rows"
        case loops = "Actual Loops"
        case removed = "Rows Removed by Filter"
        case table = "Relation Name"
        case index = "Index Name"
        case parts = "Plans"
    }
}
