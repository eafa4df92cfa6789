import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `The rules for providers` {
    private func names(_ market: KeyedMarket, _ facts: RoutingFacts) async throws -> [String] {
        try await market.marketplace.providers.candidates(.shipping, for: facts).map(\.name)
    }

    @Test func `give every active provider while there are none`() async throws {
        try await KeyedMarket.run { market in
            _ = try await market.active("A")
            _ = try await market.active("B")
            _ = try await market.draft("C")

            #expect(try await names(market, anyFacts) == ["A", "B"])
        }
    }

    @Test func `decide by currency, country, amount and seller, in order`() async throws {
        try await KeyedMarket.run { market in
            let seller = try await market.market.given.verifiedSeller()
            let (a, b, c) = (
                try await market.active("A"), try await market.active("B"),
                try await market.active("C")
            )
            try await market.marketplace.setProviderRules(
                .shipping,
                [
                    ProviderRule(
                        kind: .shipping, instance: a.id, currency: .eur, amountMin: 1000,
                        amountMax: 2000),
                    ProviderRule(kind: .shipping, instance: b.id, country: "FR"),
                    ProviderRule(kind: .shipping, instance: c.id, seller: seller.id.description),
                ], as: market.admin)
            func chosen(
                _ amount: Money, _ country: String = "DE", _ sellers: Set<String> = []
            ) async throws -> [String] {
                try await names(
                    market,
                    RoutingFacts(amount: amount, country: country, sellers: sellers, sticky: "x"))
            }

            #expect(try await chosen(Money(1000, .eur)) == ["A"])
            #expect(try await chosen(Money(2001, .eur)) == [])
            #expect(try await chosen(Money(1500, .usd)) == [])
            #expect(try await chosen(Money(1500, .eur), "FR") == ["A", "B"])
            #expect(try await chosen(Money(1, .usd), "FR", [seller.id.description]) == ["B", "C"])
            _ = try await market.marketplace.pauseProviderInstance(a.id, as: market.admin)
            #expect(try await chosen(Money(1500, .eur), "FR") == ["B"])
        }
    }

    @Test func `give a new provider its share, and keep a checkout where it is`() async throws {
        try await KeyedMarket.run { market in
            let (new, old) = (try await market.active("New"), try await market.active("Old"))
            let rules = [
                ProviderRule(kind: .shipping, instance: new.id, share: PartsPerMillion(percent: 5)),
                ProviderRule(kind: .shipping, instance: old.id),
            ]
            try await market.marketplace.setProviderRules(.shipping, rules, as: market.admin)

            var first: [String: Int] = [:]
            for number in 0..<1000 {
                var facts = anyFacts
                facts.sticky = "checkout-\(number)"
                let chosen = try await names(market, facts)
                #expect(Set(chosen) == ["New", "Old"])
                if number % 100 == 0 { #expect(try await names(market, facts) == chosen) }
                first[chosen[0], default: 0] += 1
            }

            #expect((20...90).contains(first["New"] ?? 0), "\(first)")
        }
    }

    @Test func `make sense, or are refused`() async throws {
        try await KeyedMarket.run { market in
            let instance = try await market.active("A").id
            let wrong: [(ProviderRule, String)] = [
                (ProviderRule(kind: .shipping, instance: ID()), "There is no such provider."),
                (ProviderRule(kind: .payment, instance: instance), "A does not do shipping."),
                (
                    ProviderRule(kind: .shipping, instance: instance, amountMin: 1),
                    "Amounts need a currency."
                ),
                (
                    ProviderRule(
                        kind: .shipping, instance: instance, currency: .eur, amountMin: 2,
                        amountMax: 1), "The amounts are not a range."
                ),
                (
                    ProviderRule(kind: .shipping, instance: instance, country: "de"),
                    "A country is two capital letters."
                ),
                (
                    ProviderRule(
                        kind: .shipping, instance: instance, share: PartsPerMillion(1_000_001)),
                    "A share is 0 to 100 %."
                ),
            ]
            for (rule, problem) in wrong {
                let refusal = await #expect(throws: ProviderRefusal.self) {
                    try await market.marketplace.setProviderRules(
                        .shipping, [rule], as: market.admin)
                }
                #expect(refusal?.explanation == "Rule 1: \(problem)")
            }
            #expect(try await market.marketplace.providerRules(.shipping).isEmpty)
        }
    }
}
