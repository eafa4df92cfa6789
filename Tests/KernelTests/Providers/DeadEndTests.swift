import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Rules that lead to nobody` {
    /// A market with two payment providers that take new business.
    private struct Two {
        let market: TestMarketplace
        let (one, other): (ID<ProviderInstance>, ID<ProviderInstance>)
        let admin: ID<Account>

        init(_ market: TestMarketplace) async throws {
            self.market = market
            one = try await market.given.instance(.payment)
            other = try await market.given.instance(.payment)
            admin = try await market.given.administrator().id
        }

        func rule(_ rules: ProviderRule...) async throws {
            try await market.marketplace.setProviderRules(.payment, rules, as: admin)
        }

        func found() async throws -> HealthFinding? {
            try await market.health().first { $0.name == "Rules for payment" }
        }
    }

    private func rule(
        _ instance: ID<ProviderInstance>, _ change: (inout ProviderRule) -> Void = { _ in }
    ) -> ProviderRule {
        var rule = ProviderRule(kind: .payment, instance: instance)
        change(&rule)
        return rule
    }

    @Test func `are told of when their only provider drains, though another stands beside it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let two = try await Two(market)
            try await two.rule(rule(two.one))
            #expect(try await two.found() == nil)

            _ = try await market.marketplace.drainProviderInstance(two.one, as: two.admin)

            let found = try #require(try await two.found())
            #expect(found.state == .bad && found.area == .providers)
            #expect(found.says.contains("test-payment \(two.one)"))
            #expect(found.advice?.contains("Name an active provider in the rules") == true)
            try await two.rule(rule(two.other))
            #expect(try await two.found() == nil)
        }
    }

    @Test(arguments: ["draft", "paused"])
    func `are told of when they name what takes no new business yet`(
        _ state: String
    ) async throws {
        try await TestMarketplace.run { market in
            let two = try await Two(market)
            try await market.database.execute(
                "update provider_instance set state = \(state) where id = \(two.one)")

            try await two.rule(rule(two.one))

            #expect(try await two.found()?.state == .bad)
        }
    }

    @Test func `only for some checkouts are told of more quietly`() async throws {
        try await TestMarketplace.run { market in
            let two = try await Two(market)
            _ = try await market.marketplace.drainProviderInstance(two.one, as: two.admin)

            try await two.rule(
                rule(two.one) { $0.currency = .usd }, rule(two.other) { $0.currency = .eur })
            #expect(try await two.found()?.state == .warning)

            // The next one serves whatever the first one was for.
            try await two.rule(rule(two.one) { $0.currency = .usd }, rule(two.other))
            #expect(try await two.found() == nil)
            // What has no share serves nobody.
            try await two.rule(
                rule(two.one) { $0.currency = .usd },
                rule(two.other) { $0.share = PartsPerMillion(0) })
            #expect(try await two.found()?.state == .bad)
        }
    }

    @Test func `are foretold of a provider before it drains`() async throws {
        try await TestMarketplace.run { market in
            let two = try await Two(market)
            func left(without id: ID<ProviderInstance>) async throws -> DeadEnds? {
                try await market.marketplace.deadEnds(without: id)
            }
            #expect(try await left(without: two.one) == nil)

            try await two.rule(rule(two.one))
            #expect(try await left(without: two.one)?.isAll == true)
            #expect(try await left(without: two.other) == nil)

            try await two.rule(rule(two.one), rule(two.other))
            #expect(try await left(without: two.one) == nil)
            // It is so already: nothing becomes worse.
            try await two.rule(rule(two.one))
            _ = try await market.marketplace.pauseProviderInstance(two.one, as: two.admin)
            #expect(try await left(without: two.one) == nil)
        }
    }

    @Test func `are those that no other rule's checkouts include`() {
        let wide = rule(ID())
        let narrow = rule(ID()) {
            ($0.currency, $0.country, $0.seller) = (.eur, "DE", "x")
            ($0.amountMin, $0.amountMax) = (10, 20)
        }
        #expect(wide.covers(narrow) && !narrow.covers(wide) && narrow.covers(narrow))
        let changes: [@Sendable (inout ProviderRule) -> Void] = [
            { $0.currency = .usd }, { $0.country = "FR" }, { $0.seller = "y" },
            { $0.amountMin = 11 }, { $0.amountMax = 19 },
        ]
        for change in changes {
            var other = narrow
            change(&other)
            #expect(!other.covers(narrow))
        }
    }
}
