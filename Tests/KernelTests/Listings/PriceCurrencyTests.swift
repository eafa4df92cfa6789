import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Prices in several currencies` {
    /// Bowls whose prices are in four currencies. As bare numbers, ¥ 3,000 is between € 12 and
    /// € 31.
    private func stock(_ market: TestMarketplace) async throws -> Kernel.Category {
        let seller = try await market.given.verifiedSeller()
        let bowls = try await market.marketplace.createCategory(named: "Bowls", by: nil)
        for (amount, currency) in [
            (3100, Currency.eur), (1200, .eur), (900, .usd), (4000, .usd), (3000, .jpy),
            (500, .jpy), (9000, .eur), (2000, .brl), (100, .brl),
        ] {
            _ = try await market.given.listing(
                "Bowl of \(amount) \(currency)", price: Money(Int64(amount), currency),
                by: seller, category: bowls.id)
        }
        return bowls
    }

    private func all(
        _ query: CardQuery, _ market: TestMarketplace, limit: Int = 100
    ) async throws -> [String] {
        var prices: [String] = []
        var after: String?
        repeat {
            let page = try await market.marketplace.cards(
                query, PageRequest(after: after, limit: limit))
            #expect(page.items.count <= limit)
            prices += page.items.map { "\($0.price.amount) \($0.price.currency)" }
            after = page.next
        } while after != nil
        return prices
    }

    @Test func `a price that is asked for is one in its currency, in every order and search`()
        async throws
    {
        try await TestMarketplace.run { market in
            let bowls = try await stock(market)
            for text in [nil, "bowl", "bowll"] {
                for sort in CardQuery.Sort.allCases {
                    var query = CardQuery()
                    (query.text, query.sort, query.category) = (text, sort, bowls)
                    query.priceMax = 4000
                    #expect(try await Set(all(query, market)) == ["3100 EUR", "1200 EUR"])
                    query.priceMin = 1201
                    #expect(try await all(query, market) == ["3100 EUR"])
                    query.currency = .jpy
                    #expect(try await all(query, market) == ["3000 JPY"])
                    query.currency = .gbp
                    #expect(try await all(query, market).isEmpty)
                }
            }
        }
    }

    @Test func `an order by price has the asked currency first, then one after the other`()
        async throws
    {
        try await TestMarketplace.run { market in
            let bowls = try await stock(market)
            let euros = ["1200 EUR", "3100 EUR", "9000 EUR"]
            let yens = ["500 JPY", "3000 JPY"]
            let reals = ["100 BRL", "2000 BRL"]
            let dollars = ["900 USD", "4000 USD"]
            for (text, category) in [(nil, nil), (nil, bowls), ("bowl", nil), ("bowl", bowls)] {
                var query = CardQuery()
                (query.text, query.category) = (text, category)
                for limit in [1, 2, 3, 4, 100] {
                    query.sort = .priceUp
                    query.currency = .eur
                    let up = try await all(query, market, limit: limit)
                    #expect(up == euros + reals + yens + dollars, "\(limit) at a time")
                    query.currency = .jpy
                    #expect(
                        try await all(query, market, limit: limit)
                            == yens + reals + euros + dollars)
                    query.sort = .priceDown
                    query.currency = .eur
                    let down = try await all(query, market, limit: limit)
                    #expect(
                        down == [euros, dollars, yens, reals].flatMap { $0.reversed() },
                        "\(limit) at a time")
                    // In what nothing is sold: everything else.
                    query.currency = .gbp
                    #expect(
                        try await all(query, market, limit: limit)
                            == [dollars, yens, euros, reals].flatMap { $0.reversed() })
                }
            }
        }
    }

    @Test func `an order by price is exact among very many of two currencies`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            // More than a search looks at closely, in either currency.
            try await market.database.execute(
                """
                insert into listing (id, seller_id, handle, title, state, currency, price_from,
                    in_stock)
                select ('00000000-0000-7000-8000-'
                        || lpad(to_hex((n * 7919) % 2503), 12, '0'))::uuid,
                    \(seller.id)::uuid, 'mug-' || n, 'Mug ' || n, 'published',
                    case when n % 2 = 0 then 'EUR' else 'USD' end, 100 + (n * 31) % 1000, true
                from generate_series(1, 2500) n
                """)
            var query = CardQuery()
            for (sort, currency) in [(CardQuery.Sort.priceUp, Currency.eur), (.priceDown, .usd)] {
                (query.sort, query.currency, query.text) = (sort, currency, nil)
                let browsed = try await all(query, market)

                #expect(browsed.count == 2500)
                #expect(browsed.prefix(1250).allSatisfy { $0.hasSuffix(currency.code) })
                query.text = "mug"
                #expect(try await all(query, market) == browsed)
            }
        }
    }

    @Test func `bands are of the currency that is asked for, and counts of everything`()
        async throws
    {
        try await TestMarketplace.run { market in
            _ = try await stock(market)
            for text in [nil, "bowl"] {
                var query = CardQuery()
                query.text = text
                let euros = try await market.marketplace.facets(query)
                query.currency = .jpy
                let yens = try await market.marketplace.facets(query)

                #expect(euros.count == 9 && yens.count == 9)
                #expect(euros.bands.map(\.count) == [1, 1, 1])
                #expect(yens.bands.map(\.count) == [1, 1])
                #expect(
                    euros.currencies.map { "\($0.count) \($0.currency)" }
                        == ["3 EUR", "2 BRL", "2 JPY", "2 USD"])
                for band in euros.bands + yens.bands {
                    var narrowed = query
                    (narrowed.priceMin, narrowed.priceMax) = (band.least, band.most)
                    narrowed.currency = band.currency
                    #expect(try await all(narrowed, market).count == band.count)
                }
                query.priceMax = 4000
                #expect(try await market.marketplace.facets(query).count == 2)
            }
        }
    }

    @Test func `bands are as wide in a currency of more digits`() throws {
        let tether = try #require(Currency("USDC"))

        #expect(Facets.edges(.eur) == [2500, 5000, 10_000])
        #expect(Facets.edges(.jpy) == [2500, 5000, 10_000])
        #expect(Facets.edges(.kwd) == [25_000, 50_000, 100_000])
        #expect(Facets.edges(tether).first == 25_000_000)
    }

    @Test func `a page goes on from a cursor that names no currency, and nonsense is refused`()
        async throws
    {
        try await TestMarketplace.run { market in
            _ = try await stock(market)
            var query = CardQuery()
            query.sort = .priceUp
            let page = try await market.marketplace.cards(query, PageRequest(limit: 1))
            let next = try #require(page.next)
            let id = try #require(page.items.first?.id)

            #expect(next == "EUR:1200:\(id)")
            let after = try await market.marketplace.cards(
                query, PageRequest(after: "1200:\(id)", limit: 1)
            ).items
            #expect(after.map(\.price) == [Money(3100, .eur)])
            // Nothing of another currency fits a price: its page is empty.
            query.priceMin = 1
            let none = try await market.marketplace.cards(
                query, PageRequest(after: "JPY:500:\(id)", limit: 9))
            #expect(none.items.isEmpty)
            for odd in ["XXX:1200:\(id)", "EUR:\(id)", "EUR:EUR:1200:\(id)", ":1200:\(id)", ":"] {
                await #expect(throws: InputRefusal.self, "\(odd)") {
                    try await market.marketplace.cards(query, PageRequest(after: odd))
                }
            }
        }
    }
}
